#include "vtprobe/hwtest/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vtprobe::hwtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ParseOptions, TakesValuesBehindASpaceOrAnEqualsSign) {
  const auto options =
      ParseOptions({"--replay", "cold.dump", "--profile=kvm-host", "--replay=warm.dump"});
  ASSERT_TRUE(options);
  EXPECT_THAT(options->replay, ElementsAre("cold.dump", "warm.dump"));
  EXPECT_EQ(options->profile, "kvm-host");
  EXPECT_FALSE(options->help);
}

TEST(ParseOptions, MayBeNone) {
  const auto options = ParseOptions({});
  ASSERT_TRUE(options);
  EXPECT_THAT(options->replay, IsEmpty());
  EXPECT_FALSE(options->profile);
}

TEST(ParseOptions, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--replay"}, std::vector<std::string>{"--replay="},
        std::vector<std::string>{"--profile", "a", "--profile", "b"},
        std::vector<std::string>{"machine.dump"}, std::vector<std::string>{"--gtest_filte=x"}}) {
    const auto options = ParseOptions(arguments);
    ASSERT_FALSE(options) << arguments.front();
    EXPECT_EQ(options.error().exit_status, 64);
  }
  EXPECT_THAT(ParseOptions({"machine.dump"}).error().message, HasSubstr("machine.dump"));
}

}  // namespace
}  // namespace vtprobe::hwtest
