// What the program that writes registers tells, as the commands that start it see it.

#include "vtprobe/writer_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vtprobe {
namespace {

using testing::SizeIs;

TEST(ReadWriterLines, PutsCpusTogetherOfWhichTheSameIsTold) {
  const ToldByWriter told = ReadWriterLines(
      "lock 0 0x3a IA32_FEATURE_CONTROL holds 0x5 0x5\n"
      "lock 1 0x3a IA32_FEATURE_CONTROL not_locked 0x4 -\n"
      "lock 2 0x3a IA32_FEATURE_CONTROL holds 0x5 0x5\n"
      "left-alone VM_CR it ignores a write\n");
  ASSERT_THAT(told.locks.groups, SizeIs(2));
  EXPECT_EQ(told.locks.groups[0].cpus.ToString(), "0,2");
  EXPECT_EQ(told.locks.groups[0].outcome, "holds");
  EXPECT_EQ(told.locks.groups[0].after, "0x5");
  EXPECT_EQ(told.locks.groups[1].cpus.ToString(), "1");
  EXPECT_EQ(told.locks.groups[1].before, "0x4");
  EXPECT_EQ(told.locks.groups[1].after, "");
  ASSERT_THAT(told.locks.unprovable, SizeIs(1));
  EXPECT_EQ(told.locks.unprovable[0].why, "it ignores a write");
}

TEST(ReadWriterLines, PutsTheSameWritesTogether) {
  const ToldByWriter told = ReadWriterLines(
      "extension svm\n"
      "write 0 0xc0010114 0x10 0x0\n"
      "write 1 0xc0010114 0x11 0x1\n"
      "write 7 0xc0010114 0x10 0x0\n");
  EXPECT_EQ(told.extension, "svm");
  ASSERT_THAT(told.writes, SizeIs(2));
  EXPECT_EQ(told.writes[0].cpus.ToString(), "0,7");
  EXPECT_EQ(told.writes[1].before, "0x11");
  EXPECT_EQ(told.writes[1].value, "0x1");
}

TEST(ReadWriterLines, PassesOverWhatIsNoneOfItsLines) {
  const ToldByWriter told = ReadWriterLines(
      "\nlock x 0x3a IA32_FEATURE_CONTROL holds 0x5 0x5\nlock 0 0x3a\nwrite 0 0x3a\nhello\n");
  EXPECT_THAT(told.locks.groups, SizeIs(0));
  EXPECT_THAT(told.writes, SizeIs(0));
}

}  // namespace
}  // namespace vtprobe
