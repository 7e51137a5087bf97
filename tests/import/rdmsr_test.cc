// rdmsr's output alone, one rule a row; with the shell's lines it is a paste.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

const Options kFeatureControl{.msr = MsrAddress{0x3a}};
constexpr const char* kOneCpu = "does not say which CPU it is of";
constexpr const char* kSomeCpus = "does not number its CPUs";

class Rdmsr : public testing::TestWithParam<TextCase> {};

TEST_P(Rdmsr, Becomes) { ExpectImport(kRdmsr, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Bare, Rdmsr,
    testing::Values(
        TextCase{"OneNumber",
                 "5\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"OneNumberACpu",
                 "5\n0x1\nff03\n",
                 "meta cpu_numbers = unknown\n"
                 "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\ncpu 2\nmsr 0x3a = 0xff03\n",
                 {kSomeCpus},
                 kFeatureControl},
        TextCase{"AllSixteenDigits",
                 "FFFFFFFFFFFFFFFF\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0xffffffffffffffff\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"SeventeenDigitsAreNoRegister",
                 "10000000000000000\n5\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"PerhapsDecimal",
                 "5\n1048581\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1048581\n",
                 {"nothing tells whether rdmsr was asked for decimal", kSomeCpus},
                 kFeatureControl},
        TextCase{"WhichRegister", "\n  5\n",
                 "error 2:3: rdmsr's output does not name the register"},
        TextCase{"NothingRead",
                 "modprobe: FATAL: Module msr not found.\n",
                 "error 0:0: there is not one reading",
                 {},
                 kFeatureControl}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Failures, Rdmsr,
    testing::Values(
        TextCase{"CannotReadNamesBoth", "rdmsr: CPU 2 cannot read MSR 0x0000003a\n",
                 "cpu 2\nmsr 0x3a ! general-protection\n"},
        TextCase{"CannotReadInOldWords", "rdmsr: CPU 2 cannot read MSR c0010114\n",
                 "cpu 2\nmsr 0xc0010114 ! general-protection\n"},
        TextCase{"BesideNumbersOfUnknownCpus",
                 "5\nrdmsr: CPU 0 cannot read MSR 0x0000003a\n5\n",
                 "meta cpu_numbers = unknown\n"
                 "cpu 0\nmsr 0x3a ! general-protection\ncpu 1-2\nmsr 0x3a = 0x5\n",
                 {kSomeCpus},
                 kFeatureControl},
        TextCase{
            "NoCpu", "rdmsr: No CPU 7\n", "cpu 7\nmsr 0x3a ! cpu-offline\n", {}, kFeatureControl},
        TextCase{"NoCpuOfWhichRegister", "rdmsr: No CPU 7\n",
                 "error 1:15: rdmsr's output does not name the register"},
        TextCase{"NoMsrsAtAll",
                 "rdmsr: CPU 1 doesn't support MSRs\n",
                 "cpu 1\nmsr 0x3a ! io\n",
                 {},
                 kFeatureControl},
        TextCase{"NotRoot",
                 "rdmsr: open: Permission denied\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! permission-denied\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"NoCapability",
                 "rdmsr: open: Operation not permitted\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! permission-denied\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"LockedDown",
                 "rdmsr: pread: Operation not permitted\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! locked-down\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"NoDriver",
                 "rdmsr: open: No such file or directory\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! no-driver\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"OtherPrograms",
                 "5\nbash: rdmsr: command not found\nsudo: rdmsr: not found\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"CpuNumberTooHigh", "rdmsr: CPU 65536 cannot read MSR 0x0000003a\n",
                 "error 1:12: expected a CPU number"}),
    NameOf);

// What the shell's own lines say is the paste reader's to read.
INSTANTIATE_TEST_SUITE_P(Transcripts, Rdmsr,
                         testing::Values(TextCase{"ACommandNamesTheRegister",
                                                  "$ rdmsr -p 3 0x3a\n5\n",
                                                  "cpu 3\nmsr 0x3a = 0x5\n",
                                                  {"took 1 register of 1 CPU from 2 lines"}},
                                         TextCase{"ACommandIsRightAboutTheRegister",
                                                  "# rdmsr -p 0 0x17a\n5\n",
                                                  "cpu 0\nmsr 0x17a = 0x5\n",
                                                  {"took 1 register"},
                                                  kFeatureControl}),
                         NameOf);

TEST(Rdmsr, MoreCpusThanNumbersAreAnError) {
  std::string text;
  for (int i = 0; i < 65536; ++i) text += "5\n";
  EXPECT_THAT(ImportText(kRdmsr, text, kFeatureControl).dump, testing::StartsWith("vtprobe-dump"));
  text += "5\n";
  EXPECT_THAT(ImportText(kRdmsr, text, kFeatureControl).dump,
              testing::StartsWith("error 65537:1: "));
}

}  // namespace
}  // namespace vtprobe::import
