// check --together: several files of one machine at one moment, which make one
// answer, where several --replay alone are several moments.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A Skylake that offers VMX. [intel/sdm-vol2] CPUID
constexpr std::string_view kCpuid =
    "vtprobe-dump 1\ncpu 0\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x0 0x20 0x0\n";
constexpr std::string_view kMsrs = "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n";
constexpr std::string_view kOtherMsrs = "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x1\n";

class Together : public testing::Test {
 protected:
  Together() {
    tree_.Write("cpuid.dump", 0, std::string(kCpuid));
    tree_.Write("msrs.dump", 0, std::string(kMsrs));
    tree_.Write("other.dump", 0, std::string(kOtherMsrs));
  }
  std::string Path(std::string_view name) const { return tree_.root() + "/" + std::string(name); }

  TempTree tree_;
};

TEST_F(Together, WhatOneFileLacksTheOtherGives) {
  const Ended ended = Vtprobe(
      {"check", "--together", "--replay", Path("cpuid.dump"), "--replay", Path("msrs.dump")});
  EXPECT_EQ(ended.exit_status, 0);
  EXPECT_THAT(ended.out, StartsWith("Intel VT-x is usable on this CPU."));
}

TEST_F(Together, TwoValuesOfOneRegisterAreNotOfOneMoment) {
  const Ended ended = Vtprobe(
      {"check", "--together", "--replay", Path("msrs.dump"), "--replay", Path("other.dump")});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, HasSubstr("MSR 0x3a of CPU 0"));
  EXPECT_THAT(ended.err, HasSubstr("msrs.dump"));
  EXPECT_THAT(ended.err, HasSubstr("other.dump"));
}

}  // namespace
}  // namespace vtprobe
