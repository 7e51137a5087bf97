// Several files of one machine at one moment, in whatever formats, read as one
// recording.

#include "merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kCpuid =
    "CPU 0:\n   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
    "CPU 1:\n   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n";

tl::expected<Imported, Error> Read(std::vector<std::pair<std::string, std::string>> files) {
  std::vector<Input> inputs;
  for (auto& [name, content] : files) inputs.push_back({std::move(name), std::move(content)});
  return ReadRecording(std::move(inputs), nullptr, {});
}

// The whole recording, or the error behind "error ".
std::string Merge(std::vector<std::pair<std::string, std::string>> files) {
  const auto imported = Read(std::move(files));
  if (imported) return WriteDump(imported->snapshot);
  return "error " + imported.error().file + ": " + imported.error().message;
}

std::string Written(const std::string& dump) {
  const auto snapshot = ParseDump("vtprobe-dump 2\n" + dump);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot ? WriteDump(*snapshot) : "";
}

constexpr const char* kOrigin = "meta provenance = recorded\nmeta source = a and 1 more\n";

TEST(Merge, PutsWhatToolsGaveSideBySide) {
  EXPECT_EQ(Merge({{"a", kCpuid}, {"b", "# rdmsr -p 0 0x3a\n5\n# rdmsr -p 1 0x3a\n1\n"}}),
            Written(std::string(kOrigin) +
                    "cpu 0-1\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                    "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"));
}

TEST(Merge, NamesTheRegisterTheCpuAndBothFilesOfAContradiction) {
  const std::string error =
      Merge({{"before.txt", "# rdmsr -p 2 0x3a\n5\n"}, {"after.txt", "# rdmsr -p 2 0x3a\n1\n"}});
  EXPECT_THAT(error, HasSubstr("error after.txt: MSR 0x3a of CPU 2"));
  EXPECT_THAT(error, HasSubstr("before.txt"));
}

// Lists without numbers are the same CPUs, never more; and where all hold the same it
// does not matter which is which.
TEST(Merge, MakesNoCpusOfLists) {
  EXPECT_EQ(Merge({{"a", kCpuid}, {"b", "# rdmsr -a 0x3a\n5\n5\n"}}),
            Written(std::string(kOrigin) +
                    "cpu 0-1\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                    "msr 0x3a = 0x5\n"));
  const auto differing = Read({{"a", kCpuid}, {"b", "# rdmsr -a 0x3a\n5\n1\n"}});
  ASSERT_TRUE(differing);
  EXPECT_EQ(differing->snapshot.online().ToString(), "0-1");
  EXPECT_EQ(differing->snapshot.metadata().Get("cpu_numbers"), "unknown");
}

// `rdmsr -a` walks a directory that is in no order.
TEST(Merge, TakesTheSameValuesInAnotherOrderForNoContradiction) {
  const auto merged = Read(
      {{"a", "# rdmsr -p 0 0x3a\n5\n# rdmsr -p 1 0x3a\n1\n"}, {"b", "# rdmsr -a 0x3a\n1\n5\n"}});
  ASSERT_TRUE(merged) << merged.error().message;
  EXPECT_EQ(merged->snapshot.Msr(LogicalCpu{0}, MsrAddress{0x3a}), MsrReading(5));
  EXPECT_EQ(merged->snapshot.Msr(LogicalCpu{1}, MsrAddress{0x3a}), MsrReading(1));
  EXPECT_THAT(Merge({{"a", "# rdmsr -p 0 0x3a\n5\n# rdmsr -p 1 0x3a\n1\n"},
                     {"b", "# rdmsr -a 0x3a\n1\n1\n"}}),
              HasSubstr("MSR 0x3a of CPUs whose numbers are not known"));
}

TEST(Merge, CompletesWhatIsKnownInPart) {
  EXPECT_EQ(Merge({{"a", "# rdmsr -p 2 -f 0:0 0x3a\n1\n"}, {"b", "# rdmsr -p 2 -f 2:1 0x3a\n2\n"}}),
            Written(std::string(kOrigin) + "cpu 2\nmsr 0x3a = 0x5 known 0x7\n"));
}

// Who was refused says nothing of the register; a #GP is an answer.
TEST(Merge, LetsAValueStandForAReadingThatWasRefused) {
  const std::string refused = "vtprobe-dump 1\ncpu 0\nmsr 0x3a ! permission-denied\n";
  const std::string value = "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n";
  const std::string faults = "vtprobe-dump 1\ncpu 0\nmsr 0x3a ! general-protection\n";
  EXPECT_EQ(Merge({{"a", refused}, {"b", value}}), Written("cpu 0\nmsr 0x3a = 0x5\n"));
  EXPECT_EQ(Merge({{"a", value}, {"b", refused}}), Written("cpu 0\nmsr 0x3a = 0x5\n"));
  EXPECT_THAT(Merge({{"a", value}, {"b", faults}}), HasSubstr("error b: MSR 0x3a of CPU 0"));
}

TEST(Merge, KeepsTheWordsOfAllAndTheFirstOfOtherMetadata) {
  const auto merged =
      Read({{"a", "vtprobe-dump 1\nmeta kernel = 6.1.0\nmeta kernel_log.1 = one\ncpu 0\n"},
            {"b",
             "vtprobe-dump 1\nmeta kernel = 6.2.0\nmeta kernel_log.1 = two\n"
             "meta kernel_log.2 = one\nmeta board = X\ncpu 0\n"}});
  ASSERT_TRUE(merged);
  const Metadata& metadata = merged->snapshot.metadata();
  EXPECT_EQ(metadata.Get("kernel"), "6.1.0");
  EXPECT_EQ(metadata.Get("board"), "X");
  EXPECT_EQ(metadata.Get("kernel_log.1"), "one");
  EXPECT_EQ(metadata.Get("kernel_log.2"), "two");
  EXPECT_FALSE(metadata.Get("kernel_log.3"));
  EXPECT_THAT(merged->notes, Contains(HasSubstr("kernel = 6.1.0")));
}

TEST(Merge, RefusesAFileThatIsNothing) {
  EXPECT_THAT(Merge({{"a", kCpuid}, {"b", "Nobody ran anything.\n"}}), HasSubstr("error b: "));
}

}  // namespace
}  // namespace vtprobe::import
