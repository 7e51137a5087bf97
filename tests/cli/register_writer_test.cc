// The commands that write registers, where they must not. What they write is tested on a
// machine in software (tests/msr_writer): nothing here says --yes and means it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(VerifyLocks, WritesNothingThatIsNotMeant) {
  const Ended ended = Vtprobe({"verify-locks"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.err, HasSubstr("say --yes"));
  EXPECT_THAT(ended.out, IsEmpty());
}

TEST(VerifyLocks, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Vtprobe({"verify-locks", "--yes", "--cpus", "4000"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"verify-locks", "--yes", "--format", "html"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"verify-locks", "--yes", "--replay", "a.dump"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"verify-locks", "--yes", "-q", "-v"}).exit_status, 64);
}

TEST(Enable, WritesNothingThatIsNotMeant) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"enable"}, std::vector<std::string>{"enable", "--in-smx"},
        std::vector<std::string>{"enable", "--yes", "--dry-run"}}) {
    const Ended ended = Vtprobe(arguments);
    EXPECT_EQ(ended.exit_status, 64);
    EXPECT_THAT(ended.err, HasSubstr("say --yes"));
    EXPECT_THAT(ended.out, IsEmpty());
  }
}

}  // namespace
}  // namespace vtprobe
