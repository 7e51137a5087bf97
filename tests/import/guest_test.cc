// What holds for a text of any format once it is read as the command reads it.

#include <gtest/gtest.h>

#include <array>

#include "importers.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

// A text that gives CPUID.0 and CPUID.1 of one CPU, which is an Intel Core of
// family 6 model 0x9e. ECX of leaf 1 has the hypervisor bit.
struct GuestText {
  std::string name;
  std::string text;
};

class TextOfAGuest : public testing::TestWithParam<GuestText> {};

TEST_P(TextOfAGuest, IsMarkedAsOne) {
  const auto imported = ReadRecording({{"file", GetParam().text}}, nullptr, {});
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kStage), "guest");
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kProvenance), "recorded");
}

INSTANTIATE_TEST_SUITE_P(
    Formats, TextOfAGuest,
    testing::Values(GuestText{"Cpuid",
                              "CPU 0:\n"
                              "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e "
                              "edx=0x49656e69\n"
                              "   0x00000001 0x00: eax=0x000906ea ebx=0x00100800 ecx=0xfffa3203 "
                              "edx=0x178bfbff\n"},
                    GuestText{"Aida",
                              "------[ Logical CPU #0 ]------\n"
                              "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
                              "CPUID 00000001: 000906EA-00100800-FFFA3203-178BFBFF\n"},
                    GuestText{"Libcpuid",
                              "_________________ Logical CPU #0 _________________\n"
                              "basic_cpuid[0]=00000016 756e6547 6c65746e 49656e69\n"
                              "basic_cpuid[1]=000906ea 00100800 fffa3203 178bfbff\n"},
                    GuestText{"VirtualBox",
                              "Gst: 00000000/0000  00000016 756e6547 6c65746e 49656e69\n"
                              "Hst:                00000016 756e6547 6c65746e 49656e69\n"
                              "Gst: 00000001/0000  000906ea 00020800 56fa2203 178bfbff\n"
                              "Hst:                000906ea 03100800 fffafbbf bfebfbff\n"},
                    GuestText{"CpuZ",
                              "CPU Thread 0\n"
                              "0x00000000 0x00000016 0x756E6547 0x6C65746E 0x49656E69\n"
                              "0x00000001 0x000906EA 0x00100800 0xFFFA3203 0x178BFBFF\n"}),
    [](const auto& row) { return row.param.name; });

// The hypervisor bit of what VirtualBox shows its guest is always set.
TEST(TextRecording, TheGuestOfAVBoxLogIsNotItsHost) {
  const auto imported =
      ReadRecording({{"VBox.log",
                      "Gst: 00000000/0000  00000016 756e6547 6c65746e 49656e69\n"
                      "Hst:                00000016 756e6547 6c65746e 49656e69\n"
                      "Gst: 00000001/0000  000906ea 00020800 d6fa2203 178bfbff\n"
                      "Hst:                000906ea 03100800 7ffafbbf bfebfbff\n"}},
                    nullptr, {});
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kStage), std::nullopt);
}

// EVEREST calls a second thread "Virtual".
TEST(TextRecording, AVirtualCpuOfAidaIsNoGuest) {
  const auto imported = ReadRecording({{"file",
                                        "CPUID Registers (CPU #1 Virtual):\n"
                                        "CPUID 00000000: 00000016-756E6547-6C65746E-49656E69\n"
                                        "CPUID 00000001: 000906EA-00100800-7FFA3203-178BFBFF\n"}},
                                      nullptr, {});
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kStage), std::nullopt);
}

}  // namespace
}  // namespace vtprobe::import
