// A dump that holds what differs from another machine, as FORMAT.md states it
// under "A machine with a base".

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

constexpr std::string_view kBase = R"(vtprobe-dump 1
meta provenance = synthetic
meta kernel = 6.1.0
cpu 0-3
cpuid 0x1.0x0 = 0x806f8 - 0x0 0x0
msr 0x3a = 0x5
msr 0x8b = 0x10
cpu 4 offline
msr 0x3a = 0x5
)";

PlatformSnapshot Parsed(const std::string& text) {
  const auto snapshot = ParseDump(text);
  EXPECT_TRUE(snapshot.has_value()) << text << (snapshot ? "" : snapshot.error().message);
  return snapshot.value_or(PlatformSnapshot());
}

struct Case {
  const char* name;
  const char* difference;  // behind the first line
  const char* whole;       // the same
};

class DumpDifference : public testing::TestWithParam<Case> {};

TEST_P(DumpDifference, MakesTheMachineWithItsBase) {
  const std::string text = "vtprobe-difference 1\n" + std::string(GetParam().difference);
  const auto whole = ParseDumpDifference(text, Parsed(std::string(kBase)));
  ASSERT_TRUE(whole.has_value()) << whole.error().line << ": " << whole.error().message;
  EXPECT_EQ(WriteDump(*whole),
            WriteDump(Parsed("vtprobe-dump 1\n" + std::string(GetParam().whole))));
}

constexpr Case kCases[] = {
    {"Nothing", "",
     "meta provenance = synthetic\nmeta kernel = 6.1.0\n"
     "cpu 0-3\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\nmsr 0x3a = 0x5\nmsr 0x8b = 0x10\n"
     "cpu 4 offline\nmsr 0x3a = 0x5\n"},
    {"Values", "cpu 2\nmsr 0x3a = 0x1\ncpu 0-1\ncpuid 0x1.0x0 = 0x806f7 - 0x0 0x0\n",
     "meta provenance = synthetic\nmeta kernel = 6.1.0\n"
     "cpu 0-1\ncpuid 0x1.0x0 = 0x806f7 - 0x0 0x0\ncpu 2-3\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\n"
     "cpu 0-1,3\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\ncpu 0-3\nmsr 0x8b = 0x10\n"
     "cpu 4 offline\nmsr 0x3a = 0x5\n"},
    {"Registers",
     "cpu 0-3\nmsr 0x8b removed\ncpuid 0x1.0x0 removed\ncpu 3\nmsr 0x3a ! general-protection\n"
     "msr 0x480 = 0x1\n",
     "meta provenance = synthetic\nmeta kernel = 6.1.0\n"
     "cpu 0-2\nmsr 0x3a = 0x5\ncpu 3\nmsr 0x3a ! general-protection\nmsr 0x480 = 0x1\n"
     "cpu 4 offline\nmsr 0x3a = 0x5\n"},
    {"Cpus",
     "cpu 1-2 removed\ncpu 3 offline\ncpu 4 online\ncpu 5 added\nmsr 0x3a = 0x1\n"
     "cpu 6 added offline\ncpu 5\nmsr 0x8b = 0x11\n",
     "meta provenance = synthetic\nmeta kernel = 6.1.0\n"
     "cpu 0\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\nmsr 0x3a = 0x5\nmsr 0x8b = 0x10\n"
     "cpu 4\nmsr 0x3a = 0x5\ncpu 5\nmsr 0x3a = 0x1\nmsr 0x8b = 0x11\n"
     "cpu 3 offline\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\nmsr 0x3a = 0x5\nmsr 0x8b = 0x10\n"
     "cpu 6 offline\n"},
    {"Metadata", "meta kernel removed\nmeta provenance = recorded\nmeta stage = os # here\n",
     "meta provenance = recorded\nmeta stage = os\n"
     "cpu 0-3\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\nmsr 0x3a = 0x5\nmsr 0x8b = 0x10\n"
     "cpu 4 offline\nmsr 0x3a = 0x5\n"},
};
INSTANTIATE_TEST_SUITE_P(Cases, DumpDifference, testing::ValuesIn(kCases),
                         [](const auto& given) { return given.param.name; });

struct Refusal {
  const char* name;
  const char* difference;
  std::size_t line;
  std::size_t column;
  const char* says;
};

class RefusedDumpDifference : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedDumpDifference, NamesThePlace) {
  const std::string text = "vtprobe-difference 1\n" + std::string(GetParam().difference);
  const auto whole = ParseDumpDifference(text, Parsed(std::string(kBase)));
  ASSERT_FALSE(whole.has_value());
  EXPECT_EQ(whole.error().line, GetParam().line);
  EXPECT_EQ(whole.error().column, GetParam().column);
  EXPECT_THAT(whole.error().message, testing::HasSubstr(GetParam().says));
}

constexpr Refusal kRefusals[] = {
    {"SameValue", "cpu 0-1\nmsr 0x3a = 0x5\n", 3, 5, "the base says the same of CPU 0-1"},
    {"SameLeaf", "cpu 2\ncpuid 0x1.0x0 = 0x806f8 - 0x0 0x0\n", 3, 7, "the same of CPU 2"},
    {"SameMetadata", "meta kernel = 6.1.0\n", 2, 6, "the base says the same"},
    {"MetadataTwice", "meta kernel removed\nmeta kernel = 5.4\n", 3, 6, "a second time"},
    {"NoSuchMetadata", "meta boot removed\n", 2, 6, "does not have this key"},
    {"NoSuchRegister", "cpu 0\nmsr 0x480 removed\n", 3, 5, "nothing there of CPU 0"},
    {"NoSuchLeaf", "cpu 4\ncpuid 0x1.0x0 removed\n", 3, 7, "nothing there of CPU 4"},
    {"NoSuchCpu", "cpu 3-7\n", 2, 5, "the base has no CPU 5-7: say \"added\""},
    {"CpuThatIsThere", "cpu 4 added\n", 2, 5, "the base has CPU 4 already"},
    {"CpuRemovedAndAdded", "cpu 1 removed\ncpu 1 added\n", 3, 5, "was changed before"},
    {"OnlineAlready", "cpu 1 online\n", 2, 5, "CPU 1 is online already"},
    {"OfflineAlready", "cpu 4 offline\n", 2, 5, "CPU 4 is offline already"},
    {"ReadingOfARemovedCpu", "cpu 1 removed\nmsr 0x3a = 0x1\n", 3, 5, "has no readings"},
    {"BlockOfARemovedCpu", "cpu 1 removed\ncpu 1\n", 3, 5, "the base has no CPU 1"},
    {"Twice", "cpu 1\nmsr 0x3a = 0x1\ncpu 0-1\nmsr 0x3a removed\n", 5, 5,
     "this register of CPU 1 stands here already"},
    {"UnknownWord", "cpu 1 gone\n", 2, 7, "expected added, online, offline, removed"},
    {"UnknownSign", "cpu 1\nmsr 0x3a ~ 0x1\n", 3, 10, "\"=\" or \"!\" or \"removed\""},
    {"ReadingWithoutCpu", "msr 0x3a = 0x1\n", 2, 1, "expected a cpu line"},
};
INSTANTIATE_TEST_SUITE_P(Refusals, RefusedDumpDifference, testing::ValuesIn(kRefusals),
                         [](const auto& given) { return given.param.name; });

TEST(DumpDifferenceText, IsNoWholeDump) {
  EXPECT_TRUE(IsDumpDifference("vtprobe-difference 1\n"));
  EXPECT_FALSE(IsDumpDifference(kBase));
  EXPECT_FALSE(ParseDump("vtprobe-difference 1\n").has_value());
  const auto whole = ParseDumpDifference(kBase, PlatformSnapshot());
  ASSERT_FALSE(whole.has_value());
  EXPECT_THAT(whole.error().message, testing::HasSubstr("\"vtprobe-difference 1\""));
}

// The words of a difference mean nothing in a whole dump.
TEST(DumpDifferenceText, RemovesNothingOfAWholeDump) {
  EXPECT_FALSE(ParseDump("vtprobe-dump 1\nmeta kernel removed\n").has_value());
  EXPECT_FALSE(ParseDump("vtprobe-dump 1\ncpu 0 removed\n").has_value());
  EXPECT_FALSE(ParseDump("vtprobe-dump 1\ncpu 0\nmsr 0x3a removed\n").has_value());
}

}  // namespace
}  // namespace vtprobe
