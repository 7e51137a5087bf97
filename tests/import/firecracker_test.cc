// Firecracker's two formats: a fingerprint's JSON and a list of MSRs.

#include "importers.h"
#include "struct_support.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Members in another order than Firecracker's, which JSON allows.
constexpr std::string_view kFingerprint = R"({
  "guest_cpu_config": {
    "kvm_capabilities": ["!56", 12, null, {"a": [true]}],
    "msr_modifiers": [
      {"bitmap": "0b0000000000000000000000000000000000000000000000000000000000000101",
       "addr": "0x3a"}
    ],
    "cpuid_modifiers": [
      {"modifiers": [
         {"bitmap": "0b00000000000000000000000000010110", "register": "eax"},
         {"register": "edx", "bitmap": "0b1000_0000_0000_0000_0000_0000_0000_0001"}],
       "flags": 0, "subleaf": "0x1", "leaf": "0b1101"}
    ]
  },
  "kernel_version": "6.1.0-host", "microcode_version": "0xa101158",
  "bios_version": "1.0", "bios_revision": "2.25", "firecracker_version": "1.16.0-dev"
})";

TEST(FirecrackerFingerprint, IsAGuestsFirstCpu) {
  const auto imported = ImportOne(kFirecrackerFingerprint, kFingerprint);
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0\n"
            "cpuid 0xd.0x1 = 0x16 - - 0x80000001\n"
            "msr 0x3a = 0x5\n");
  EXPECT_THAT(imported->notes, IsEmpty());
}

TEST(FirecrackerFingerprint, TheHostsVersionsAreNotTheGuests) {
  const auto imported = ImportOne(kFirecrackerFingerprint, kFingerprint);
  ASSERT_TRUE(imported.has_value());
  const Metadata& metadata = imported->snapshot.metadata();
  EXPECT_EQ(metadata.Get(meta::kStage), "guest");
  EXPECT_EQ(metadata.Get(meta::kTool), "Firecracker 1.16.0-dev");
  EXPECT_EQ(metadata.Get("host.kernel"), "6.1.0-host");
  EXPECT_EQ(metadata.Get("host.microcode"), "0xa101158");
  EXPECT_EQ(metadata.Get("host.firmware.version"), "1.0");
  EXPECT_EQ(metadata.Get("host.firmware.revision"), "2.25");
  for (const auto key : {meta::kKernel, meta::kMicrocode, meta::kFirmwareVersion}) {
    EXPECT_EQ(metadata.Get(key), std::nullopt) << key;
  }
}

TEST(FirecrackerFingerprint, ATemplatesOpenBitsAreNoValue) {
  const auto imported = ImportOne(kFirecrackerFingerprint,
                                  R"({"cpuid_modifiers": [
            {"leaf": "0x1", "subleaf": "0x0", "flags": 0, "modifiers": [
              {"register": "eax", "bitmap": "0b0000000000000000000000000000000x"},
              {"register": "ebx", "bitmap": "0b1"},
              {"register": "ecx", "bitmap": "0b00000000000000000000000000000001"}]},
            {"leaf": "0x2", "subleaf": "0x0", "flags": 0, "modifiers": [
              {"register": "ecx", "bitmap": "0bx"}]}],
          "msr_modifiers": [
            {"addr": "0x10a",
             "bitmap": "0bxxxxxxxx00000000000000000000000000000000000000000000000000000000"}]})");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\ncpuid 0x1.0x0 = - - 0x1 -\n");
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("left out: 4")));
}

TEST(FirecrackerFingerprint, OfARepeatedRegisterTheFirstIsKept) {
  const auto imported = ImportOne(kFirecrackerFingerprint,
                                  R"({"msr_modifiers": [
        {"addr": "0x10", "bitmap": "0000000000000000000000000000000000000000000000000000000000000001"},
        {"addr": "0x10", "bitmap": "0000000000000000000000000000000000000000000000000000000000000010"}
      ]})");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\nmsr 0x10 = 0x1\n");
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("MSR 0x10 of CPU 0")));
}

TEST(FirecrackerFingerprint, RefusesWithThePlace) {
  for (const Refused& refused : {
           Refused{"{\"cpuid_modifiers\": [\n{\"leaf\": \"1\"}]}", 2, 10, "32 bits"},
           Refused{"{\"cpuid_modifiers\": [\n{\"leaf\": 1}]}", 2, 10, "32 bits"},
           Refused{"{\"cpuid_modifiers\": [\n{\"leaf\": \"0x100000000\"}]}", 2, 10, "32 bits"},
           Refused{"{\"cpuid_modifiers\": [\n{\"leaf\": \"0x1\"}]}", 2, 15, "subleaf"},
           Refused{"{\"cpuid_modifiers\": [\n{\"modifiers\": [{\"register\": \"rax\"}]}]}", 2, 29,
                   "eax"},
           Refused{"{\"cpuid_modifiers\": [\n{\"modifiers\": [{\"register\": \"eax\"}]}]}", 2, 34,
                   "bitmap"},
           Refused{"{\"cpuid_modifiers\": [\n{\"modifiers\": [{\"bitmap\": \"0b2\"}]}]}", 2, 27,
                   "32 bits"},
           Refused{"{\"cpuid_modifiers\": [\n{\"modifiers\": [{\"bitmap\": \"0b\"}]}]}", 2, 27,
                   "32 bits"},
           Refused{"{\"cpuid_modifiers\": [\n{\"modifiers\": [{\"bitmap\": "
                   "\"0b100000000000000000000000000000000\"}]}]}",
                   2, 27, "32 bits"},
           Refused{"{\"msr_modifiers\": [{\"addr\": \"0x1\"}]}", 1, 34, "bitmap"},
           Refused{"{\"guest_cpu_config\": {\"reg_modifiers\": []}}", 0, 0, "x86"},
           Refused{"{\"msr_modifiers\": [", 1, 20, "JSON"},
           Refused{"{\"msr_modifiers\": []} x", 1, 23, "JSON"},
           Refused{"", 1, 1, "JSON"},
       }) {
    ExpectRefused(kFirecrackerFingerprint, refused);
  }
}

TEST(FirecrackerFingerprint, IsRecognisedByItsContent) {
  EXPECT_EQ(kFirecrackerFingerprint.detect({"x", kFingerprint}), Confidence::kCertain);
  EXPECT_EQ(kFirecrackerFingerprint.detect({"x", " {\"msr_modifiers\":[]}"}), Confidence::kCertain);
  for (const std::string_view other : {"", "{}", "[\"msr_modifiers\"]", "MSR_ADDR,VALUE\n"}) {
    EXPECT_EQ(kFirecrackerFingerprint.detect({"x", other}), Confidence::kNone) << other;
  }
}

// All readings failed: there is nothing to judge by, and nothing is made up.
TEST(FirecrackerCsv, AListOfNothingIsRefused) {
  ExpectRefused(kFirecrackerCsv, Refused{"MSR_ADDR,VALUE\n", 0, 0, "not one reading"});
}

TEST(FirecrackerCsv, ListsWhatCouldBeRead) {
  const auto imported = ImportOne(kFirecrackerCsv,
                                  "MSR_ADDR,VALUE\r\n"
                                  "0x10,0x12a9d3006\r\n"
                                  " 0x3A , 0x5 \n"
                                  "\n"
                                  "0xc0010114,0xffffffffffffffff");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot),
            "cpu 0\n"
            "msr 0x10 = 0x12a9d3006\n"
            "msr 0x3a = 0x5\n"
            "msr 0xc0010114 = 0xffffffffffffffff\n");
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kStage), "guest");
  EXPECT_EQ(imported->snapshot.Msr(LogicalCpu{0}, MsrAddress{0x11}),
            tl::unexpected(AccessCode::kNotRecorded));
}

TEST(FirecrackerCsv, OlderListsTellWhatFailed) {
  const auto imported = ImportOne(kFirecrackerCsv,
                                  "MSR_ADDR,STATUS,VALUE\n"
                                  "0,implemented,0x0\n"
                                  "0x2,unimplemented,0x0\n");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\nmsr 0x0 = 0x0\nmsr 0x2 ! general-protection\n");
}

TEST(FirecrackerCsv, AWideAddressIsThatOfItsLow32Bits) {
  const auto imported = ImportOne(kFirecrackerCsv,
                                  "MSR_ADDR,VALUE\n"
                                  "0x10,0x7\n"
                                  "0x3c000000000010,0x7\n"
                                  "0x400000011,0x8\n");
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(Body(imported->snapshot), "cpu 0\nmsr 0x10 = 0x7\nmsr 0x11 = 0x8\n");
  EXPECT_THAT(imported->notes, ElementsAre(HasSubstr("addresses of more than 32 bits: 2.")));
}

TEST(FirecrackerCsv, RefusesWithThePlace) {
  for (const Refused& refused : {
           Refused{"", 1, 1, "MSR_ADDR,VALUE"},
           Refused{"0x10,0x1\n", 1, 1, "MSR_ADDR,VALUE"},
           Refused{"MSR_ADDR,VALUE\n10,0x1\n", 2, 1, "address"},
           Refused{"MSR_ADDR,VALUE\n 0x10\n", 2, 6, "comma"},
           Refused{"MSR_ADDR,STATUS,VALUE\n0x10,0x1\n", 2, 6, "implemented"},
           Refused{"MSR_ADDR,STATUS,VALUE\n0x10,implemented\n", 2, 17, "comma"},
           Refused{"MSR_ADDR,VALUE\n0x10,\n", 2, 6, "value"},
           Refused{"MSR_ADDR,VALUE\n0x10,1\n", 2, 6, "value"},
           Refused{"MSR_ADDR,VALUE\n0x10,0x1,0x2\n", 2, 6, "value"},
           Refused{"MSR_ADDR,VALUE\n0x10000000000000000,0x1\n", 2, 1, "address"},
           Refused{"MSR_ADDR,VALUE\n0x10,0x10000000000000000\n", 2, 6, "64 bits"},
       }) {
    ExpectRefused(kFirecrackerCsv, refused);
  }
}

TEST(FirecrackerCsv, IsRecognisedByItsHeader) {
  EXPECT_EQ(kFirecrackerCsv.detect({"x", "MSR_ADDR,VALUE\n"}), Confidence::kCertain);
  EXPECT_EQ(kFirecrackerCsv.detect({"x", "ADDR,VALUE\n"}), Confidence::kNone);
}

}  // namespace
}  // namespace vtprobe::import
