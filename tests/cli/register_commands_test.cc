// vtprobe read and vtprobe decode.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/dumps.h"
#include "cli/process.h"

namespace vtprobe {
namespace {

using Json = nlohmann::ordered_json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// [intel/sdm-vol4] table 2-2, IA32_FEATURE_CONTROL: the fields and the bits
// they are at. 0xff03 is bits 15:8, 1 and 0.
TEST(Decode, ShowsEveryFieldOfFf03) {
  const Ended ended = Vtprobe({"decode", "0x3a", "0xff03"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("IA32_FEATURE_CONTROL (0x3a) = 0xff03\n"));
  for (const char* const field :
       {"bit 0 +LOCK +1 ", "bit 1 +VMX_IN_SMX +1 ", "bit 2 +VMX_OUTSIDE_SMX +0 ",
        "bits 14:8 +SENTER_LOCAL +0x7f ", "bit 15 +SENTER_GLOBAL +1 ",
        "bit 17 +SGX_LAUNCH_CONTROL +0 ", "bit 18 +SGX +0 ", "bit 20 +LMCE +0 "}) {
    EXPECT_THAT(ended.out, ContainsRegex(field));
  }
  EXPECT_THAT(ended.out, Not(HasSubstr("reserved")));
}

// It ends with what the value comes to.
TEST(Decode, EndsWithTheConclusion) {
  EXPECT_TRUE(
      Vtprobe({"decode", "0x3a", "0x1"})
          .out.ends_with("\n\nOn an Intel CPU: VT-x off and locked until the next reset.\n"));
  EXPECT_TRUE(
      Vtprobe({"decode", "VM_CR", "0x8"}).out.ends_with("\n\nOn an AMD CPU: SVM on and locked.\n"));
  EXPECT_THAT(Vtprobe({"decode", "0x1b", "0x1"}).out, Not(HasSubstr("On an ")));
  EXPECT_THAT(Vtprobe({"decode", "CPUID.01H:ECX", "0x1"}).out, Not(HasSubstr("On an ")));
}

// [intel/sdm-vol4] table 2-2: bit 1 allows VMXON inside SMX, bit 2 outside.
TEST(Decode, SaysWhatIsAndWhatWouldBe) {
  const std::string out = Vtprobe({"decode", "0x3a", "0x3"}).out;
  EXPECT_THAT(out, ContainsRegex("VMX_IN_SMX +1 +VMXON is allowed"));
  EXPECT_THAT(out, ContainsRegex("VMX_OUTSIDE_SMX +0 +if set: VMXON is allowed"));
}

TEST(Decode, TakesNamesInAnyCaseAddressesAndDecimalValues) {
  const std::string expected = Vtprobe({"decode", "0x3a", "0xff03"}).out;
  EXPECT_EQ(Vtprobe({"decode", "ia32_feature_control", "65283"}).out, expected);
  EXPECT_EQ(Vtprobe({"decode", "58", "0XFF03"}).out, expected);
}

TEST(Decode, CallsOutBitsThatNoFieldHas) {
  // VM_CR defines bits 4:0. [amd/apm-vol2] 15.30.1
  const Ended ended = Vtprobe({"decode", "VM_CR", "0x80000000000000e8"});
  EXPECT_THAT(ended.out, ContainsRegex("bit 3 +LOCK +1 "));
  EXPECT_THAT(ended.out, ContainsRegex("bit 4 +SVMDIS +0 "));
  EXPECT_THAT(ended.out, ContainsRegex("reserved .*bits 7:5, bit 63\n"));
}

TEST(Decode, ShowsABitThatIsNotKnownAsUnknown) {
  const Ended ended = Vtprobe({"decode", "0x3a", "0x4", "--known", "0x6"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("IA32_FEATURE_CONTROL (0x3a) = 0x4 known 0x6\n"));
  EXPECT_THAT(ended.out, ContainsRegex("bit 0 +LOCK +unknown"));
  EXPECT_THAT(ended.out, ContainsRegex("bit 1 +VMX_IN_SMX +0 "));
  EXPECT_THAT(ended.out, ContainsRegex("bit 2 +VMX_OUTSIDE_SMX +1 "));
  EXPECT_THAT(ended.out, Not(HasSubstr("On an Intel CPU")));
  EXPECT_TRUE(Vtprobe({"decode", "0x3a", "0x1", "--known", "0x7"})
                  .out.ends_with("On an Intel CPU: VT-x off and locked until the next reset.\n"));
  EXPECT_EQ(Vtprobe({"decode", "0x3a", "0x4", "--known", "0x3"}).exit_status, 64);
  EXPECT_EQ(Vtprobe({"decode", "0x3a", "0x0", "--known", "0"}).exit_status, 64);
}

TEST(Decode, KnowsCpuidRegisters) {
  // [intel/sdm-vol2] CPUID.01H:ECX: VMX is bit 5, SMX bit 6.
  const Ended ended = Vtprobe({"decode", "cpuid.01h:ecx", "0x20"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, ContainsRegex("bit 5 +VMX +1 "));
  EXPECT_THAT(ended.out, ContainsRegex("bit 6 +SMX +0 "));
}

TEST(Decode, TakesTheLargestValue) {
  EXPECT_EQ(Vtprobe({"decode", "0x3a", "0xffffffffffffffff"}).exit_status, 0);
  EXPECT_EQ(Vtprobe({"decode", "CPUID.01H:ECX", "0xffffffff"}).exit_status, 0);
}

const std::string kMixed =
    Intel("0-3",
          "cpu 0,2\nmsr 0x3a = 0xff03\ncpu 1\nmsr 0x3a = 0x5\ncpu 3\nmsr 0x3a ! io\n"
          "cpu 4\ncpu 9 offline\n");

Ended Read(std::vector<std::string> arguments, const std::string& dump = kMixed) {
  arguments.insert(arguments.begin(), "read");
  arguments.insert(arguments.end(), {"--replay", "-"});
  return Vtprobe(arguments, {.input = dump});
}

TEST(Read, GroupsCpusByValueAndNamesEachFailure) {
  const Ended ended = Read({"IA32_FEATURE_CONTROL"});
  EXPECT_EQ(ended.exit_status, 2);
  EXPECT_THAT(ended.out, HasSubstr("CPUs 0,2   IA32_FEATURE_CONTROL (0x3a) = 0xff03   LOCK 1"));
  EXPECT_THAT(ended.out, HasSubstr("CPU  1     IA32_FEATURE_CONTROL (0x3a) = 0x5"));
  EXPECT_THAT(ended.out, ContainsRegex("CPU  3 .*not read: .*\\(io\\)"));
  EXPECT_THAT(ended.out, ContainsRegex("CPU  4 .*not read: .*\\(not-recorded\\)"));
  EXPECT_THAT(ended.out, ContainsRegex("CPU  9 .*offline"));
}

TEST(Read, ShowsABitThatIsNotKnownAsUnknown) {
  const std::string dump = "vtprobe-dump 2\ncpu 0\nmsr 0x3a = 0x4 known 0x86\n";
  EXPECT_THAT(Read({"0x3a"}, dump).out,
              HasSubstr("IA32_FEATURE_CONTROL (0x3a) = 0x4 known 0x86   LOCK unknown \u00b7 "
                        "VMX_IN_SMX 0 \u00b7 VMX_OUTSIDE_SMX 1 \u00b7 SMRR unknown \u00b7 "
                        "SENTER_LOCAL unknown"));
  EXPECT_THAT(Read({"0x3a.VMX_OUTSIDE_SMX"}, dump).out, HasSubstr("VMX_OUTSIDE_SMX = 0x1\n"));
  EXPECT_EQ(Read({"0x3a.VMX_OUTSIDE_SMX"}, dump).exit_status, 0);
  EXPECT_THAT(Read({"0x3a.LOCK"}, dump).out, HasSubstr("(not-recorded)"));
  EXPECT_EQ(Read({"0x3a"}, dump).exit_status, 2);
  // Quiet gives values, and a part of one is none.
  EXPECT_EQ(Read({"0x3a", "-q"}, dump).out, "");
  const auto json = Json::parse(Read({"0x3a", "--format", "json"}, dump).out);
  EXPECT_EQ(json["groups"][0]["error"], "not-recorded");
  EXPECT_FALSE(json["groups"][0].contains("value"));
  EXPECT_EQ(json["groups"][0]["known"]["mask"], "0x86");
  EXPECT_EQ(json["groups"][0]["known"]["bits"], "0x4");
}

TEST(Read, OfSomeCpusIsAboutThese) {
  const Ended ended = Read({"0x3a", "--cpus", "0-2"});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, Not(HasSubstr("CPU  3")));
}

TEST(Read, OfAFieldIsItsValue) {
  // Bits 14:8 of 0xff03.
  EXPECT_THAT(Read({"0x3a.senter_local", "--cpus", "0"}).out, HasSubstr("SENTER_LOCAL = 0x7f\n"));
  // LOCK is set in both values, so both are one group.
  EXPECT_THAT(Read({"IA32_FEATURE_CONTROL.LOCK", "--cpus", "0-2"}).out,
              HasSubstr("CPUs 0-2   IA32_FEATURE_CONTROL.LOCK = 0x1\n"));
}

TEST(Read, OfBitsIsTheirValue) {
  EXPECT_THAT(Read({"0x3a", "--bits", "15:8", "--cpus", "0"}).out, HasSubstr("[15:8] = 0xff\n"));
  EXPECT_THAT(Read({"0x3a", "--bits", "2", "--cpus", "1"}).out, HasSubstr("[2:2] = 0x1\n"));
  EXPECT_THAT(Read({"0x3a", "--bits", "63:0", "--cpus", "1"}).out, HasSubstr("[63:0] = 0x5\n"));
}

TEST(Read, QuietlyIsTheValuesAlone) { EXPECT_EQ(Read({"0x3a", "-q"}).out, "0xff03\n0x5\n"); }

TEST(Read, OfACpuidRegisterAndItsField) {
  EXPECT_THAT(Read({"CPUID.01H:ECX", "--cpus", "0"}).out, HasSubstr("CPUID.01H:ECX = 0x7ffafbff"));
  EXPECT_THAT(Read({"CPUID.01H:ECX.VMX", "--cpus", "0"}).out, HasSubstr("VMX = 0x1\n"));
}

TEST(Read, OfAnAddressWithoutDefinition) {
  const Ended ended = Read({"0x39"}, "vtprobe-dump 1\ncpu 0\nmsr 0x39 = 0x12\n");
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, HasSubstr("CPU  0   MSR 0x39 = 0x12\n"));
}

TEST(Read, AsJson) {
  const Ended ended = Read({"0x3a.LOCK", "--format", "json"});
  EXPECT_EQ(ended.exit_status, 2);
  const Json report = Json::parse(ended.out, nullptr, false);
  EXPECT_EQ(report["schema"], "vtprobe-readings/1");
  EXPECT_EQ(report["register"], "IA32_FEATURE_CONTROL");
  EXPECT_EQ(report["address"], "0x3a");
  EXPECT_EQ(report["field"], "LOCK");
  EXPECT_EQ(report["bits"], "0:0");
  EXPECT_EQ(report["groups"], Json::parse(R"([{"cpus": "0-2", "value": "0x1"},
                                              {"cpus": "3", "error": "io"},
                                              {"cpus": "4", "error": "not-recorded"}])"));
  EXPECT_EQ(report["cpus_offline"], "9");
  EXPECT_EQ(report["exit_code"], 2);
}

}  // namespace
}  // namespace vtprobe
