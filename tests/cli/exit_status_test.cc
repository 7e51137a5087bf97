// Each exit status for its own reason.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/dumps.h"
#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Answer {
  const char* name;
  std::string dump;
  std::string state;
  std::string usable;
  int exit_status;
};

void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }

std::string Amd(std::string_view rest) {
  return "vtprobe-dump 1\ncpu 0-1\n"
         "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
         "cpuid 0x1.0x0 = 0x800f12 0x2100800 0x7ed8320b 0x178bfbff\n"
         "cpuid 0x80000000.0x0 = 0x8000001f 0x68747541 0x444d4163 0x69746e65\n"
         "cpuid 0x80000001.0x0 = 0x800f12 0x0 0x35c233ff 0x2fd3fbff\n" +
         std::string(rest);
}

class ExitStatus : public testing::TestWithParam<Answer> {};

TEST_P(ExitStatus, FollowsTheState) {
  const Surroundings around{.input = GetParam().dump};
  const Ended text = Vtprobe({"--replay", "-"}, around);
  EXPECT_EQ(text.exit_status, GetParam().exit_status);
  EXPECT_THAT(text.out, Not(IsEmpty()));
  EXPECT_THAT(text.err, IsEmpty());

  const Ended json = Vtprobe({"check", "--format", "json", "--replay", "-"}, around);
  EXPECT_EQ(json.exit_status, GetParam().exit_status);
  const auto report = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["virtualization"]["state"], GetParam().state);
  EXPECT_EQ(report["virtualization"]["usable"], GetParam().usable);
  EXPECT_EQ(report["exit_code"], GetParam().exit_status);
}

INSTANTIATE_TEST_SUITE_P(
    Check, ExitStatus,
    testing::Values(
        Answer{"Enabled", Intel("0-7", "msr 0x3a = 0x5\n"), "enabled", "yes", 0},
        Answer{"EnabledOnAmd", Amd("msr 0xc0010114 = 0x8\n"), "enabled", "yes", 0},
        Answer{"EnabledUnlocked", Amd("msr 0xc0010114 = 0x0\n"), "enabled_unlocked", "yes", 0},
        Answer{"SmxOnly", std::string(kSmxOnly), "enabled_in_smx_only", "no", 1},
        Answer{"Disabled", Intel("0-7", "msr 0x3a = 0x1\n"), "disabled_locked", "no", 1},
        Answer{"Unlocked", Intel("0-7", "msr 0x3a = 0x0\n"), "unlocked", "not_yet", 1},
        Answer{"OneOfNineDisabled",
               Intel("0-8", "cpu 0-7\nmsr 0x3a = 0x5\ncpu 8\nmsr 0x3a = 0x1\n"), "inconsistent",
               "no", 1},
        Answer{"OneDisabledOthersUnread",
               Intel("0-8", "cpu 0\nmsr 0x3a = 0x1\ncpu 1-8\nmsr 0x3a ! io\n"), "disabled_locked",
               "no", 1},
        Answer{"OneOfNineUnread",
               Intel("0-8", "cpu 0-7\nmsr 0x3a = 0x5\ncpu 8\nmsr 0x3a ! cpu-offline\n"),
               "indeterminate", "unknown", 2},
        Answer{"NoDriver", Intel("0", "msr 0x3a ! no-driver\n"), "indeterminate", "unknown", 2},
        Answer{"Contradictory", Intel("0", "msr 0x3a ! general-protection\n"), "contradictory",
               "unknown", 2},
        Answer{"Unsupported",
               "vtprobe-dump 1\ncpu 0\n"
               "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
               "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafb9f 0xbfebfbff\n",
               "unsupported", "no", 3}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ExitStatusOf, HelpAndVersionIsZero) {
  const Ended help = Vtprobe({"--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* const word : {"check", "record", "read", "decode", "--replay", "Exit status"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
  const Ended version = Vtprobe({"--version"});
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_EQ(version.out, "vtprobe " VTPROBE_VERSION "\n");
}

TEST(ExitStatusOf, ReadIsTwoIfACpuIsMissing) {
  const std::vector<std::string> arguments = {"read", "0x3a", "--replay", "-"};
  EXPECT_EQ(Vtprobe(arguments, {.input = Intel("0-1", "msr 0x3a = 0x5\n")}).exit_status, 0);
  EXPECT_EQ(Vtprobe(arguments, {.input = Intel("0-1", "cpu 0\nmsr 0x3a = 0x5\n")}).exit_status, 2);
}

}  // namespace
}  // namespace vtprobe
