// Command lines that make no sense: status 64, and what would have made sense.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "cli/dumps.h"
#include "cli/process.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Mistake {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<std::string> says;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class Usage : public testing::TestWithParam<Mistake> {};

TEST_P(Usage, IsExplained) {
  const Ended ended = Vtprobe(GetParam().arguments, {.input = std::string(kSmxOnly)});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_TRUE(ended.err.starts_with("vtprobe: ")) << ended.err;
  for (const std::string& text : GetParam().says) EXPECT_THAT(ended.err, HasSubstr(text));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, Usage,
    testing::Values(
        Mistake{"UnknownCommand", {"chekc"}, {"no command chekc", "the nearest are check"}},
        Mistake{"FleetOfNothing", {"fleet", "report"}, {"fleet report needs STORE|FILE"}},
        Mistake{"NoMountpoint", {"serve", "a"}, {"MOUNTPOINT"}},
        Mistake{"UnknownOption", {"--foramt", "json"}, {"--foramt", "--format"}},
        Mistake{"UnknownOptionOfACommand", {"read", "0x3a", "--bit", "1:0"}, {"--bit", "--bits"}},
        Mistake{"RecordingsInTwoWays",
                {"check", "a.dump", "--replay", "b.dump"},
                {"each a machine", "--replay"}},
        Mistake{"StandardInputTwiceByItself", {"check", "-", "-"}, {"standard input", "once"}},
        Mistake{"SurplusWord", {"record", "it"}, {"it"}},
        Mistake{"TwoCommands", {"check", "record"}, {"record"}},
        Mistake{"UnknownFormat",
                {"--format", "xml"},
                {"xml", "text, json, junit, tap, sarif, html, ocptv, nagios, openmetrics and nfd"}},
        Mistake{"UnknownFormatOfRead", {"read", "0x3a", "--format", "tap"}, {"tap", "json"}},
        Mistake{"UnknownColor", {"--color", "red", "--replay", "-"}, {"auto, always or never"}},
        Mistake{"MissingValue", {"--replay"}, {"--replay"}},
        Mistake{
            "StandardInputTwice", {"--replay", "-", "--replay", "-"}, {"standard input", "once"}},
        Mistake{"ReplayBeforeAndAfter", {"--replay", "-", "check", "--replay", "-"}, {"twice"}},
        Mistake{"OptionOfAnotherCommand", {"--replay", "-", "decode", "0x3a", "1"}, {"--replay"}},
        Mistake{"QuietAndVerbose", {"-q", "-v", "--replay", "-"}, {"--quiet", "--verbose"}},
        Mistake{"RecordOfARecording", {"record", "--replay", "-"}, {"--replay"}},
        Mistake{"CpuListUnfinished", {"--cpus", "0-", "--replay", "-"}, {"--cpus 0-", "column 3"}},
        Mistake{"CpuListNoNumber", {"--cpus", "1,x", "--replay", "-"}, {"column 3"}},
        Mistake{"CpuListReversed", {"--cpus", "3-1", "--replay", "-"}, {"column"}},
        Mistake{"CpuListOverlapping", {"--cpus", "0-3,2", "--replay", "-"}, {"column 1", "twice"}},
        Mistake{"CpuListEmpty", {"--cpus", "", "--replay", "-"}, {"column 1"}},
        Mistake{"CpuListTooLarge", {"--cpus", "65536", "--replay", "-"}, {"column 1", "65535"}},
        Mistake{"CpuThatIsNotThere",
                {"--cpus", "6-9", "--replay", "-"},
                {"no CPU 9", "online are 0-7", "offline 8"}},
        Mistake{"WatchOfARecording",
                {"--watch-smi", "5", "--replay", "-"},
                {"--watch-smi", "this machine", "a recording"}},
        Mistake{"WatchOfAFile", {"check", "a.dump", "--watch-smi", "5"}, {"this machine"}},
        Mistake{"WatchForNoTime", {"--watch-smi", "0"}, {"--watch-smi"}},
        Mistake{"NoRegister", {"read"}, {"REGISTER"}},
        Mistake{"NoValue", {"decode", "0x3a"}, {"VALUE"}},
        Mistake{"MisspeltRegister",
                {"decode", "IA32_FEATURE_CONTRL", "1"},
                {"IA32_FEATURE_CONTRL", "IA32_FEATURE_CONTROL"}},
        Mistake{"PartOfARegister", {"read", "feature"}, {"IA32_FEATURE_CONTROL"}},
        Mistake{"MisspeltCpuid", {"decode", "CPUID.01:ECX", "1"}, {"CPUID.01H:ECX"}},
        Mistake{"MisspeltField", {"read", "0x3a.LOKC", "--replay", "-"}, {"LOKC", "LOCK"}},
        Mistake{"FieldOfAnUnknownAddress", {"read", "0x39.LOCK", "--replay", "-"}, {"--bits"}},
        Mistake{"AddressTooLarge", {"read", "0x100000000", "--replay", "-"}, {"32 bits"}},
        Mistake{"AddressWithoutPrefix", {"read", "3a", "--replay", "-"}, {"0x3a"}},
        Mistake{"AddressThatDecodeDoesNotKnow", {"decode", "0x39", "1"}, {"IA32_FEATURE_CONTROL"}},
        Mistake{"ValueNoNumber", {"decode", "0x3a", "ff03"}, {"ff03", "0xff03"}},
        Mistake{"ValueEmpty", {"decode", "0x3a", ""}, {"64 bits"}},
        Mistake{"ValueBarePrefix", {"decode", "0x3a", "0x"}, {"64 bits"}},
        Mistake{"ValueNegative", {"decode", "0x3a", "0x-1"}, {"64 bits"}},
        Mistake{"ValueTooLarge", {"decode", "0x3a", "0x10000000000000000"}, {"64 bits"}},
        Mistake{"ValueTooLargeForCpuid", {"decode", "CPUID.01H:ECX", "0x100000000"}, {"32 bits"}},
        Mistake{"BitsReversed", {"read", "0x3a", "--bits", "0:3", "--replay", "-"}, {"HI:LO"}},
        Mistake{"BitsTooHigh", {"read", "0x3a", "--bits", "64:3", "--replay", "-"}, {"63"}},
        Mistake{"BitsTooHighForCpuid",
                {"read", "CPUID.01H:ECX", "--bits", "32", "--replay", "-"},
                {"31"}},
        Mistake{"BitsNoNumber", {"read", "0x3a", "--bits", "a:b", "--replay", "-"}, {"HI:LO"}},
        Mistake{"BitsAndField",
                {"read", "0x3a.LOCK", "--bits", "3:0", "--replay", "-"},
                {"0x3a.LOCK", "--bits"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(UsageOf, OptionsBeforeTheCommandIsThatOfOptionsBehindIt) {
  const Surroundings around{.input = std::string(kSmxOnly)};
  const Ended before = Vtprobe({"--replay", "-", "--quiet", "check"}, around);
  const Ended behind = Vtprobe({"check", "--replay", "-", "--quiet"}, around);
  EXPECT_EQ(before.exit_status, 1);
  EXPECT_EQ(before.out, behind.out);
}

TEST(UsageOf, ATerminalsControlSequencesIsHarmless) {
  const Ended ended = Vtprobe({"\x1b[31mred"});
  EXPECT_EQ(ended.exit_status, 64);
  EXPECT_EQ(ended.err.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace vtprobe
