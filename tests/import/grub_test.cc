// Serial logs of GRUB's rdmsr, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

class Grub : public testing::TestWithParam<TextCase> {};

TEST_P(Grub, Becomes) {
  TextCase row = GetParam();
  if (!row.dump.starts_with("error")) row.dump = "meta stage = pre-os\ncpu 0\n" + row.dump;
  ExpectImport(kGrub, row);
}

INSTANTIATE_TEST_SUITE_P(
    All, Grub,
    testing::Values(
        TextCase{"CommandAndAnswer", "grub> rdmsr 0x3a\n0x5\ngrub> rdmsr 0xc0010114\n0x10\n",
                 "msr 0x3a = 0x5\nmsr 0xc0010114 = 0x10\n"},
        TextCase{"EmptyLinesAndCarriageReturns", "grub> rdmsr 0x3a\r\n\r\n0x5\r\n\r\ngrub> \r\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"RescueShell", "grub rescue> rdmsr 0x3a\n0x1\n", "msr 0x3a = 0x1\n"},
        TextCase{"AddressesAsInC", "grub> rdmsr 58\n0x5\ngrub> rdmsr 073\n0x6\n",
                 "msr 0x3a = 0x5\nmsr 0x3b = 0x6\n"},
        TextCase{"ColoursAndCursor",
                 "\x1b[0m\x1b[30m\x1b[47mGNU GRUB  version 2.06\x1b[37m\x1b[40m\x1b[5;1H"
                 "grub> r\x1b[5;8H"
                 "d\x1b[5;9Hmsr 0x3a\x1b[6;1H0x5\x1b[7;1Hgrub> ",
                 "msr 0x3a = 0x5\n"},
        TextCase{"CharacterSets",
                 "\x1b(Bgrub> rdmsr 0x3a\n\x1b(0\x1b"
                 "7"
                 "0x5\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"Corrections", "grub> rdmsr 0x4\b \b3a\n0x5\n", "msr 0x3a = 0x5\n"},
        TextCase{"ClearedScreen", "grub> ls\x1b[2J\x1b[Hgrub> rdmsr 0x3a\n0x5\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"PromptRemoved", "rdmsr 0x3a\n0x5\n", "msr 0x3a = 0x5\n"},
        TextCase{"VariablesPrintNothing",
                 "grub> rdmsr -v x 0x17\ngrub> rdmsr 0x3a\n0x5\ngrub> rdmsr --variable=y 0x8b\n"
                 "grub> echo $y\n0x7\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"ErrorsAreNoReadings",
                 "grub> rdmsr 0x3b\nerror: invalid argument.\n0x9\ngrub> rdmsr 0x3a\n0x5\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"OneAnswerEach", "grub> rdmsr 0x3a\n0x5\n0x6\n", "msr 0x3a = 0x5\n"},
        TextCase{"NumbersWithoutACommand", "0x7\ngrub> rdmsr 0x3a\n0x5\ngrub> ls\n0x8\n",
                 "msr 0x3a = 0x5\n"},
        TextCase{"TheFirstIsFirmwares",
                 "grub> rdmsr 0x3a\n0x1\ngrub> wrmsr 0x3b 5\ngrub> rdmsr 0x3a\n0x5\n",
                 "msr 0x3a = 0x1\n",
                 {"1 later reading with another value left out, the first in line 5"}},
        TextCase{"CutWithinASequence", "grub> rdmsr 0x3a\n0x5\n\x1b[3", "msr 0x3a = 0x5\n"},
        TextCase{"CutBehindEscape", "grub> rdmsr 0x3a\n0x5\n\x1b", "msr 0x3a = 0x5\n"},
        TextCase{"NothingRead", "grub> rdmsr 0x3a\n", "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
