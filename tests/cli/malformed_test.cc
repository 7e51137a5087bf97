// Recordings that are none: status 65, where, and what was expected there.
// recorded-msr-dumps/FORMAT.md states the grammar.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Malformed {
  const char* name;
  std::string dump;
  std::string place;  // LINE:COLUMN
  std::string says;
};

void PrintTo(const Malformed& malformed, std::ostream* out) { *out << malformed.name; }

// The header is line 1, `line` line 3, in a block.
std::string InBlock(const std::string& line) { return "vtprobe-dump 1\ncpu 0-7\n" + line + "\n"; }

class MalformedDump : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedDump, IsRefusedWithItsPlace) {
  const Ended ended = Vtprobe({"--replay", "-"}, {.input = GetParam().dump});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_TRUE(ended.err.starts_with("<stdin>:" + GetParam().place + ": ")) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Check, MalformedDump,
    testing::Values(
        Malformed{"Empty", "", "1:1", "it is empty"},
        Malformed{"Binary",
                  std::string("\x7f"
                              "ELF\0\0\1",
                              7),
                  "1:1", "it is no text"},
        Malformed{"OtherText", "CPU 0:\n", "1:1", "vtprobe-dump 1"},
        Malformed{"ByteOrderMark", "\xef\xbb\xbfvtprobe-dump 1\n", "1:1", "vtprobe-dump 1"},
        Malformed{"CommentFirst", "# mine\nvtprobe-dump 1\n", "1:1", "vtprobe-dump 1"},
        Malformed{"HeaderCutOff", "vtprobe-d", "1:1", "vtprobe-dump 1"},
        Malformed{"NextVersion", "vtprobe-dump 3\n", "1:14", "version 1 or 2"},
        Malformed{"NoVersion", "vtprobe-dump\n", "1:13", "version 1"},
        Malformed{"WordBehindVersion", "vtprobe-dump 1 x\n", "1:16", "end of the line"},
        Malformed{"UnknownKeyword", InBlock("mrs 0x3a = 0x5"), "3:1",
                  "meta, cpu, cpuid, msr or end"},
        Malformed{"NulByte", InBlock(std::string("\0", 1)), "3:1", "meta, cpu, cpuid, msr or end"},
        Malformed{"MsrBeforeCpu", "vtprobe-dump 1\nmsr 0x3a = 0x5\n", "2:1", "cpu line"},
        Malformed{"CpuidBeforeCpu", "vtprobe-dump 1\ncpuid 0x0.0x0 = 0x0 0x0 0x0 0x0\n", "2:1",
                  "cpu line"},
        Malformed{"MsrWithoutAddress", InBlock("msr"), "3:4", "0x3a"},
        Malformed{"MsrAddressDecimal", InBlock("msr 58 = 0x5"), "3:5", "0x3a"},
        Malformed{"MsrAddressBad", InBlock("msr 0x3g = 0x5"), "3:8", "hexadecimal digit"},
        Malformed{"MsrAddressTooLarge", InBlock("msr 0x100000000 = 0x5"), "3:5", "32 bits"},
        Malformed{"MsrWithoutSign", InBlock("msr 0x3a 0x5"), "3:10", "\"=\" or \"!\""},
        Malformed{"MsrWithoutValue", InBlock("msr 0x3a ="), "3:11", "0x3a"},
        Malformed{"MsrValueTooLarge", InBlock("msr 0x3a = 0x10000000000000000"), "3:12", "64 bits"},
        Malformed{"MsrSurplus", InBlock("msr 0x3a = 0x5 0x6"), "3:16", "end of the line"},
        Malformed{"MsrTwice", InBlock("msr 0x3a = 0x5\nmsr 0x3a = 0x5"), "4:5", "already"},
        Malformed{"MsrTwiceInTwoBlocks", InBlock("msr 0x3a = 0x5\ncpu 7-9\nmsr 0x3a = 0x5"), "5:5",
                  "already"},
        Malformed{"UnknownError", InBlock("msr 0x3a ! gp"), "3:12", "general-protection"},
        Malformed{"CpuidWithoutSubleaf", InBlock("cpuid 0x7 = 0x0 0x0 0x0 0x0"), "3:7",
                  "LEAF.SUBLEAF"},
        Malformed{"CpuidSubleafDecimal", InBlock("cpuid 0x7.0 = 0x0 0x0 0x0 0x0"), "3:11", "0x3a"},
        Malformed{"CpuidThreeRegisters", InBlock("cpuid 0x7.0x0 = 0x0 0x0 0x0"), "3:28", "0x3a"},
        Malformed{"CpuidFiveRegisters", InBlock("cpuid 0x7.0x0 = 0x0 0x0 0x0 0x0 0x0"), "3:33",
                  "end of the line"},
        Malformed{"CpuidRegisterTooLarge", InBlock("cpuid 0x7.0x0 = 0x0 0x100000000 0x0 0x0"),
                  "3:21", "32 bits"},
        Malformed{"CpuWithoutList", "vtprobe-dump 1\ncpu\n", "2:4", "CPU number"},
        Malformed{"CpuListReversed", "vtprobe-dump 1\ncpu 7-0\n", "2:5", "upwards"},
        Malformed{"CpuListTwice", "vtprobe-dump 1\ncpu 0-3,3\n", "2:5", "twice"},
        Malformed{"CpuTooLarge", "vtprobe-dump 1\ncpu 65536\n", "2:5", "65535"},
        Malformed{"CpuOfflineMisspelt", "vtprobe-dump 1\ncpu 8 ofline\n", "2:7", "offline"},
        Malformed{"CpuOnAndOff", "vtprobe-dump 1\ncpu 0-7\ncpu 7 offline\n", "3:5", "offline"},
        Malformed{"MetaWithoutKey", "vtprobe-dump 1\nmeta = os\n", "2:6", "key"},
        Malformed{"MetaWithoutSign", "vtprobe-dump 1\nmeta stage os\n", "2:12", "\"=\""},
        Malformed{"MetaWithoutValue", "vtprobe-dump 1\nmeta stage =\n", "2:13", "value"},
        Malformed{"MetaUnknownStage", "vtprobe-dump 1\nmeta stage = boot\n", "2:14",
                  "pre-os, os or guest"},
        Malformed{"MetaTwice", "vtprobe-dump 1\nmeta stage = os\nmeta stage = os\n", "3:6",
                  "second time"},
        Malformed{"MetaBehindCpu", InBlock("meta stage = os"), "3:6", "before the first cpu"},
        Malformed{"MetaControlCharacter", "vtprobe-dump 1\nmeta board = a\x1b[31mb\n", "2:15",
                  "printable"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(MalformedDumpIn, AFileIsNamedAsTheFileIs) {
  TempTree tree;
  tree.Write("bad.dump", 0, "vtprobe-dump 1\n\n  msr 0x3a = 0x5\n");
  const std::string path = tree.root() + "/bad.dump";
  EXPECT_TRUE(Vtprobe({"--replay", path}).err.starts_with(path + ":3:3: expected"));
}

TEST(MalformedDumpIn, AMessageIsHarmlessToATerminal) {
  const Ended ended =
      Vtprobe({"--replay", "-"}, {.input = "vtprobe-dump 1\n\x1b[31m\x07\xc2\x9bred\n"});
  EXPECT_EQ(ended.exit_status, 65);
  for (const char c : ended.err) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << int{c};
}

}  // namespace
}  // namespace vtprobe
