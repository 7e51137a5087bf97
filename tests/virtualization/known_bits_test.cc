// The verdict where some bits of the switch are known: it rests on those that
// decide, whatever the others are, and else names them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kIntel =
    "vtprobe-dump 2\n"
    "meta stage = os\n"
    "meta kernel = 6.1.0-18-amd64\n"
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x906ea 0x0 0x60 0x0\n";
constexpr const char* kAmd =
    "vtprobe-dump 2\n"
    "meta stage = os\n"
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0xa00f11 0x0 0x0 0x0\n"
    "cpuid 0x80000000.0x0 = 0x80000023 0x0 0x0 0x0\n"
    "cpuid 0x80000001.0x0 = 0x0 0x0 0x4 0x0\n"
    "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x4\n";

VirtualizationVerdict Judged(const std::string& dump) {
  const auto snapshot = ParseDump(dump);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot ? JudgeVirtualization(*snapshot) : VirtualizationVerdict();
}

VirtualizationVerdict OfVmx(const std::string& reading) {
  return Judged(std::string(kIntel) + "msr 0x3a = " + reading + '\n');
}

VirtualizationVerdict OfSvm(const std::string& reading) {
  return Judged(std::string(kAmd) + "msr 0xc0010114 = " + reading + '\n');
}

// IA32_FEATURE_CONTROL: 0 LOCK, 1 VMX_IN_SMX, 2 VMX_OUTSIDE_SMX. [intel/sdm-vol3] 24.7
TEST(KnownBitsOfTheSwitch, DecideVmx) {
  EXPECT_EQ(OfVmx("0x5 known 0x5").state, State::kEnabled);
  EXPECT_EQ(OfVmx("0x5 known 0x5").usable, Usable::kYes);
  EXPECT_EQ(OfVmx("0x1 known 0x7").state, State::kDisabledLocked);
  EXPECT_EQ(OfVmx("0x3 known 0x7").state, State::kEnabledInSmxOnly);
  EXPECT_EQ(OfVmx("0x0 known 0x1").state, State::kUnlocked);
}

// Off outside SMX is off for every system that was not launched by TXT.
TEST(KnownBitsOfTheSwitch, DecideVmxWithoutTheBitForSmx) {
  const auto verdict = OfVmx("0x1 known 0x5");
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_THAT(verdict.groups[0].note, HasSubstr("VMX_IN_SMX"));
  // Under such a launch the bit that is not known is the one that decides.
  const std::string measured = std::string(kIntel).insert(15, "meta measured_launch = yes\n");
  EXPECT_EQ(Judged(measured + "msr 0x3a = 0x1 known 0x5\n").state, State::kIndeterminate);
}

TEST(KnownBitsOfTheSwitch, AreNamedWhereTheyAreLacking) {
  for (const char* const reading : {"0x4 known 0x4", "0x1 known 0x1", "0x800 known 0x800"}) {
    const auto verdict = OfVmx(reading);
    EXPECT_EQ(verdict.state, State::kIndeterminate) << reading;
    ASSERT_EQ(verdict.groups.size(), 1u);
    EXPECT_EQ(verdict.groups[0].unread, AccessCode::kNotRecorded);
  }
  EXPECT_EQ(OfVmx("0x4 known 0x4").groups[0].note,
            "Only some bits of IA32_FEATURE_CONTROL are known, and not LOCK, VMX_IN_SMX.");
}

// VM_CR: 3 LOCK, 4 SVMDIS. [amd/apm-vol2] 15.30.1
TEST(KnownBitsOfTheSwitch, DecideSvm) {
  EXPECT_EQ(OfSvm("0x8 known 0x18").state, State::kEnabled);
  EXPECT_EQ(OfSvm("0x0 known 0x10").usable, Usable::kYes);
  EXPECT_EQ(OfSvm("0x18 known 0x18").state, State::kDisabledNeedsKey);
  EXPECT_EQ(OfSvm("0x10 known 0x10").state, State::kIndeterminate);
  EXPECT_EQ(OfSvm("0x8 known 0x8").state, State::kIndeterminate);
}

// Who wants to use it finds it off, whatever the lock says; whether it can be switched on
// before a reset, the lock does.
TEST(KnownBitsOfTheSwitch, SayThatItIsOffWithoutTheLock) {
  const auto svm = OfSvm("0x10 known 0x10");
  EXPECT_EQ(svm.usable, Usable::kUnknown);
  ASSERT_EQ(svm.groups.size(), 1u);
  EXPECT_EQ(svm.groups[0].note,
            "Only some bits of VM_CR are known, and not LOCK. SVM is off as it is.");
  EXPECT_EQ(WhatItSwitches(MsrAddress{0xc0010114}, RegisterReading::OfBits(0x10, 0x10)),
            "On an AMD CPU: SVM off; whether that is locked is not known.");
  EXPECT_THAT(OfVmx("0x0 known 0x4").groups.at(0).note, HasSubstr("VT-x is off as it is."));
  EXPECT_EQ(WhatItSwitches(MsrAddress{0x3a}, RegisterReading::OfBits(0, 0x4)),
            "On an Intel CPU: VT-x off; whether that is locked is not known.");
  // TXT's own bit is another one.
  const std::string measured = std::string(kIntel).insert(15, "meta measured_launch = yes\n");
  EXPECT_THAT(Judged(measured + "msr 0x3a = 0x0 known 0x4\n").groups.at(0).note,
              Not(HasSubstr("off")));
  // That only the lock is known says neither.
  EXPECT_THAT(OfSvm("0x8 known 0x8").groups.at(0).note, Not(HasSubstr("off")));
}

// What Linux would have written is compared with the whole register.
TEST(KnownBitsOfTheSwitch, DoNotSayWhoSetIt) {
  EXPECT_EQ(OfVmx("0x1 known 0x5").attribution, Attribution::kUnknown);
  EXPECT_EQ(OfSvm("0x18 known 0x18").attribution, Attribution::kFirmware);
  EXPECT_EQ(OfSvm("0x0 known 0x10").attribution, Attribution::kUnknown);
}

// Each way to know some of the bits: the answer is that of every register that has
// them, or none.
TEST(KnownBitsOfTheSwitch, SayNothingThatTheOthersCouldDeny) {
  const auto hex = [](std::uint64_t number) {
    constexpr const char* kDigits = "0123456789abcdef";
    return std::string("0x") + kDigits[number >> 4 & 0xf] + kDigits[number & 0xf];
  };
  for (std::uint64_t known = 1; known < 8; ++known) {
    for (std::uint64_t bits = 0; bits < 8; ++bits) {
      if ((bits & ~known) != 0) continue;
      const Usable said = OfVmx(hex(bits) + " known " + hex(known)).usable;
      bool are_one = true;
      const Usable first = OfVmx(hex(bits)).usable;
      for (std::uint64_t whole = 0; whole < 8; ++whole) {
        if ((whole & known) == bits) are_one = are_one && OfVmx(hex(whole)).usable == first;
      }
      EXPECT_EQ(said, are_one ? first : Usable::kUnknown) << bits << " known " << known;
    }
  }
}

TEST(KnownBitsOfTheSwitch, AreSaidInASentence) {
  constexpr MsrAddress kFeatureControl{0x3a};
  EXPECT_EQ(WhatItSwitches(kFeatureControl, RegisterReading::OfBits(0x5, 0x5)),
            "On an Intel CPU: VT-x on and locked.");
  EXPECT_EQ(WhatItSwitches(kFeatureControl, RegisterReading::OfBits(0x4, 0x4)), "");
}

}  // namespace
}  // namespace vtprobe
