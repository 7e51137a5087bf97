// When a register exists: what CPUID says, and what it does not say.

#include "vtprobe/registers/gates.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::registers {
namespace {

// A CPU of which only CPUID was read.
class CpuidOnly final : public RegisterView {
 public:
  CpuidOnly() = default;

  CpuidOnly& Leaf(CpuidLeaf leaf, CpuidReading reading) {
    leaves_.insert_or_assign(leaf, reading);
    return *this;
  }
  CpuidOnly& Vendor(std::uint32_t ebx, std::uint32_t edx, std::uint32_t ecx) {
    return Leaf({0, 0}, PartialCpuid{{0x16, ebx, ecx, edx}});
  }
  CpuidOnly& Intel() { return Vendor(0x756e6547, 0x49656e69, 0x6c65746e); }
  CpuidOnly& Amd() { return Vendor(0x68747541, 0x69746e65, 0x444d4163); }
  CpuidOnly& Hygon() { return Vendor(0x6f677948, 0x6e65476e, 0x656e6975); }
  CpuidOnly& Centaur() { return Vendor(0x746e6543, 0x48727561, 0x736c7561); }
  CpuidOnly& Zhaoxin() { return Vendor(0x68532020, 0x68676e61, 0x20206961); }
  CpuidOnly& Misspelt() { return Vendor(0x756e6547, 0x49656e69, 0x6c65746f); }

  MsrReading Msr(MsrAddress) const override { return tl::unexpected(AccessCode::kNotRecorded); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    const auto found = leaves_.find(leaf);
    if (found == leaves_.end()) return tl::unexpected(AccessCode::kNotRecorded);
    return found->second;
  }

 private:
  std::map<CpuidLeaf, CpuidReading> leaves_;
};

CpuidReading Ecx(std::uint32_t ecx) {
  return PartialCpuid{{0, 0, ecx, 0}, MaskOf(CpuidRegister::kEcx)};
}
CpuidReading Ebx(std::uint32_t ebx) {
  return PartialCpuid{{0, ebx, 0, 0}, MaskOf(CpuidRegister::kEbx)};
}
CpuidReading Eax(std::uint32_t eax) {
  return PartialCpuid{{eax, 0, 0, 0}, MaskOf(CpuidRegister::kEax)};
}

constexpr CpuidLeaf kLeaf1{1, 0};
constexpr CpuidLeaf kLeaf7{7, 0};
constexpr CpuidLeaf kLeafExtended1{0x8000'0001, 0};

// The register comes with VMX, with SMX or with SGX. [intel/sdm-vol4] table 2-2
TEST(Gates, FeatureControlComesWithAnyOfItsFeatures) {
  const auto present = [](std::uint32_t leaf1_ecx, std::uint32_t leaf7_ebx) {
    CpuidOnly cpu;
    cpu.Intel().Leaf(kLeaf1, Ecx(leaf1_ecx)).Leaf(kLeaf7, Ebx(leaf7_ebx));
    return kFeatureControl.present(cpu);
  };
  EXPECT_EQ(present(1u << 5, 0), Presence::kPresent);
  EXPECT_EQ(present(1u << 6, 0), Presence::kPresent);
  EXPECT_EQ(present(0, 1u << 2), Presence::kPresent);
  EXPECT_EQ(present(~(1u << 5 | 1u << 6), ~(1u << 2)), Presence::kAbsent);
}

TEST(Gates, WhatWasNotReadLeavesItOpen) {
  CpuidOnly nothing;
  EXPECT_EQ(kFeatureControl.present(nothing), Presence::kUnknown);

  CpuidOnly features_only;
  features_only.Leaf(kLeaf1, Ecx(1u << 5));
  EXPECT_EQ(kFeatureControl.present(features_only), Presence::kUnknown);

  CpuidOnly vendor_only;
  vendor_only.Intel();
  EXPECT_EQ(kFeatureControl.present(vendor_only), Presence::kUnknown);

  // VMX decides alone; without it the leaf of SGX, which failed, would.
  CpuidOnly half;
  half.Intel().Leaf(kLeaf1, Ecx(1u << 5)).Leaf(kLeaf7, tl::unexpected(AccessCode::kIo));
  EXPECT_EQ(kFeatureControl.present(half), Presence::kPresent);
  half.Leaf(kLeaf1, Ecx(0));
  EXPECT_EQ(kFeatureControl.present(half), Presence::kUnknown);
}

TEST(Gates, EachMakerHasItsOwnSwitch) {
  const auto offering_both = [](CpuidOnly cpu) {
    return cpu.Leaf(kLeaf1, Ecx(1u << 5)).Leaf(kLeafExtended1, Ecx(1u << 2));
  };
  for (const CpuidOnly& cpu : {CpuidOnly().Intel(), CpuidOnly().Centaur(), CpuidOnly().Zhaoxin()}) {
    EXPECT_EQ(kFeatureControl.present(offering_both(cpu)), Presence::kPresent);
    EXPECT_EQ(kVmCr.present(offering_both(cpu)), Presence::kAbsent);
  }
  for (const CpuidOnly& cpu : {CpuidOnly().Amd(), CpuidOnly().Hygon()}) {
    EXPECT_EQ(kFeatureControl.present(offering_both(cpu)), Presence::kAbsent);
    EXPECT_EQ(kVmCr.present(offering_both(cpu)), Presence::kPresent);
  }
  // No MSR is guessed of a maker that nobody knows.
  const CpuidOnly misspelt = CpuidOnly().Misspelt();
  EXPECT_EQ(kFeatureControl.present(offering_both(misspelt)), Presence::kAbsent);
  EXPECT_EQ(kVmCr.present(offering_both(misspelt)), Presence::kAbsent);
}

// Beyond the highest leaf an Intel CPU answers with another leaf's data, which
// says nothing. [intel/sdm-vol2] CPUID
TEST(Leaves, OneBeyondTheHighestIsAbsentWhateverItAnswers) {
  CpuidOnly cpu;
  cpu.Leaf({0, 0}, Eax(6)).Leaf(kLeaf7, Ebx(1u << 2));
  EXPECT_EQ(LeafPresence(cpu, 7), Presence::kAbsent);
  EXPECT_EQ(Read(cpu, kSgx), 0u);
  cpu.Leaf({0, 0}, Eax(7));
  EXPECT_EQ(LeafPresence(cpu, 7), Presence::kPresent);
  EXPECT_EQ(Read(cpu, kSgx), 1u);
}

TEST(Leaves, EachRangeAnnouncesItsOwnHighest) {
  CpuidOnly cpu;
  cpu.Leaf({0, 0}, Eax(0x16)).Leaf({0x8000'0000, 0}, Eax(0x8000'0000));
  EXPECT_EQ(LeafPresence(cpu, 0x16), Presence::kPresent);
  EXPECT_EQ(LeafPresence(cpu, 0x17), Presence::kAbsent);
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0001), Presence::kAbsent);
  cpu.Leaf({0x8000'0000, 0}, Eax(0x8000'001f));
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0001), Presence::kPresent);
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0020), Presence::kAbsent);
}

TEST(Leaves, WithoutTheHighestLeafTheAnswerItselfDecides) {
  CpuidOnly cpu;
  EXPECT_EQ(LeafPresence(cpu, 7), Presence::kUnknown);
  EXPECT_EQ(Read(cpu, kSvm), tl::unexpected(AccessCode::kNotRecorded));
  cpu.Leaf(kLeafExtended1, Ecx(1u << 2));
  EXPECT_EQ(Read(cpu, kSvm), 1u);
  cpu.Leaf(kLeafExtended1, tl::unexpected(AccessCode::kNotPinned));
  EXPECT_EQ(Read(cpu, kSvm), tl::unexpected(AccessCode::kNotPinned));
  // EDX of the leaf was read, ECX was not.
  cpu.Leaf(kLeafExtended1, PartialCpuid{{0, 0, 0, 4}, MaskOf(CpuidRegister::kEdx)});
  EXPECT_EQ(Read(cpu, kSvm), tl::unexpected(AccessCode::kNotRecorded));
}

TEST(Gates, AllOfAndAnyOf) {
  EXPECT_EQ(AllOf({}), Presence::kPresent);
  EXPECT_EQ(AllOf({Presence::kPresent, Presence::kUnknown}), Presence::kUnknown);
  EXPECT_EQ(AllOf({Presence::kUnknown, Presence::kAbsent}), Presence::kAbsent);
  EXPECT_EQ(AllOf({Presence::kPresent, Presence::kPresent}), Presence::kPresent);
  CpuidOnly cpu;
  cpu.Leaf(kLeaf1, Ecx(1u << 6));
  EXPECT_EQ(AnyOf(cpu, {}), Presence::kAbsent);
  EXPECT_EQ(AnyOf(cpu, {kVmx}), Presence::kAbsent);
  EXPECT_EQ(AnyOf(cpu, {kVmx, kSgx}), Presence::kUnknown);
  EXPECT_EQ(AnyOf(cpu, {kSgx, kSmx}), Presence::kPresent);
}

}  // namespace
}  // namespace vtprobe::registers
