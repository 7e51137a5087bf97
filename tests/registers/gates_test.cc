// When a register exists: what CPUID says, and what it does not say.

#include "vtprobe/registers/gates.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::registers {
namespace {

// A CPU of which only CPUID was read, and the MSRs that are given.
class ReadCpu final : public RegisterView {
 public:
  ReadCpu() = default;

  ReadCpu& Leaf(CpuidLeaf leaf, CpuidReading reading) {
    leaves_.insert_or_assign(leaf, reading);
    return *this;
  }
  ReadCpu& Vendor(std::uint32_t ebx, std::uint32_t edx, std::uint32_t ecx) {
    return Leaf({0, 0}, PartialCpuid{{0x16, ebx, ecx, edx}});
  }
  ReadCpu& Intel() { return Vendor(0x756e6547, 0x49656e69, 0x6c65746e); }
  ReadCpu& Amd() { return Vendor(0x68747541, 0x69746e65, 0x444d4163); }
  ReadCpu& Hygon() { return Vendor(0x6f677948, 0x6e65476e, 0x656e6975); }
  ReadCpu& Centaur() { return Vendor(0x746e6543, 0x48727561, 0x736c7561); }
  ReadCpu& Zhaoxin() { return Vendor(0x68532020, 0x68676e61, 0x20206961); }
  ReadCpu& Misspelt() { return Vendor(0x756e6547, 0x49656e69, 0x6c65746f); }

  ReadCpu& Msr(MsrAddress address, std::uint64_t value) {
    msrs_[address] = value;
    return *this;
  }

  MsrReading Msr(MsrAddress address) const override {
    const auto found = msrs_.find(address);
    if (found == msrs_.end()) return tl::unexpected(AccessCode::kNotRecorded);
    return found->second;
  }
  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    const auto found = leaves_.find(leaf);
    if (found == leaves_.end()) return tl::unexpected(AccessCode::kNotRecorded);
    return found->second;
  }

 private:
  std::map<CpuidLeaf, CpuidReading> leaves_;
  std::map<MsrAddress, std::uint64_t> msrs_;
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
    ReadCpu cpu;
    cpu.Intel().Leaf(kLeaf1, Ecx(leaf1_ecx)).Leaf(kLeaf7, Ebx(leaf7_ebx));
    return PresenceOf(cpu, kFeatureControl);
  };
  EXPECT_EQ(present(1u << 5, 0), Presence::kPresent);
  EXPECT_EQ(present(1u << 6, 0), Presence::kPresent);
  EXPECT_EQ(present(0, 1u << 2), Presence::kPresent);
  EXPECT_EQ(present(~(1u << 5 | 1u << 6), ~(1u << 2)), Presence::kAbsent);
}

TEST(Gates, WhatWasNotReadLeavesItOpen) {
  ReadCpu nothing;
  EXPECT_EQ(PresenceOf(nothing, kFeatureControl), Presence::kUnknown);

  ReadCpu features_only;
  features_only.Leaf(kLeaf1, Ecx(1u << 5));
  EXPECT_EQ(PresenceOf(features_only, kFeatureControl), Presence::kUnknown);

  ReadCpu vendor_only;
  vendor_only.Intel();
  EXPECT_EQ(PresenceOf(vendor_only, kFeatureControl), Presence::kUnknown);

  // VMX decides alone; without it the leaf of SGX, which failed, would.
  ReadCpu half;
  half.Intel().Leaf(kLeaf1, Ecx(1u << 5)).Leaf(kLeaf7, tl::unexpected(AccessCode::kIo));
  EXPECT_EQ(PresenceOf(half, kFeatureControl), Presence::kPresent);
  half.Leaf(kLeaf1, Ecx(0));
  EXPECT_EQ(PresenceOf(half, kFeatureControl), Presence::kUnknown);
}

// HWCR came with a family, which leaf 1 tells. [amd/apm-vol2] 3.2.10
TEST(Gates, AFamilyThatWasNotReadLeavesItOpen) {
  EXPECT_EQ(PresenceOf(ReadCpu().Amd(), kHwcr), Presence::kUnknown);
}

// What a leaf beyond the highest answers is another leaf's. [intel/sdm-vol2] CPUID
TEST(Gates, ALeafBeyondTheHighestAnnouncesNothing) {
  const auto presence = [](std::uint32_t highest) {
    ReadCpu cpu;
    cpu.Leaf({0, 0}, PartialCpuid{{highest, 0x756e6547, 0x6c65746e, 0x49656e69}})
        .Leaf(kLeaf1, Ecx(0))
        .Leaf(kLeaf7, Ebx(1u << 2));
    return PresenceOf(cpu, kFeatureControl);
  };
  EXPECT_EQ(presence(7), Presence::kPresent);
  EXPECT_EQ(presence(6), Presence::kAbsent);
}

TEST(Gates, EachMakerHasItsOwnSwitch) {
  const auto offering_both = [](ReadCpu cpu) {
    return cpu.Leaf(kLeaf1, Ecx(1u << 5)).Leaf(kLeafExtended1, Ecx(1u << 2));
  };
  for (const ReadCpu& cpu : {ReadCpu().Intel(), ReadCpu().Centaur(), ReadCpu().Zhaoxin()}) {
    EXPECT_EQ(PresenceOf(offering_both(cpu), kFeatureControl), Presence::kPresent);
    EXPECT_EQ(PresenceOf(offering_both(cpu), kVmCr), Presence::kAbsent);
  }
  for (const ReadCpu& cpu : {ReadCpu().Amd(), ReadCpu().Hygon()}) {
    EXPECT_EQ(PresenceOf(offering_both(cpu), kFeatureControl), Presence::kAbsent);
    EXPECT_EQ(PresenceOf(offering_both(cpu), kVmCr), Presence::kPresent);
  }
  // No MSR is guessed of a maker that nobody knows.
  const ReadCpu misspelt = ReadCpu().Misspelt();
  EXPECT_EQ(PresenceOf(offering_both(misspelt), kFeatureControl), Presence::kAbsent);
  EXPECT_EQ(PresenceOf(offering_both(misspelt), kVmCr), Presence::kAbsent);
}

// Beyond the highest leaf an Intel CPU answers with another leaf's data, which
// says nothing. [intel/sdm-vol2] CPUID
TEST(Leaves, OneBeyondTheHighestIsAbsentWhateverItAnswers) {
  ReadCpu cpu;
  cpu.Leaf({0, 0}, Eax(6)).Leaf(kLeaf7, Ebx(1u << 2));
  EXPECT_EQ(LeafPresence(cpu, 7), Presence::kAbsent);
  EXPECT_EQ(Read(cpu, kSgx), 0u);
  cpu.Leaf({0, 0}, Eax(7));
  EXPECT_EQ(LeafPresence(cpu, 7), Presence::kPresent);
  EXPECT_EQ(Read(cpu, kSgx), 1u);
}

TEST(Leaves, EachRangeAnnouncesItsOwnHighest) {
  ReadCpu cpu;
  cpu.Leaf({0, 0}, Eax(0x16)).Leaf({0x8000'0000, 0}, Eax(0x8000'0000));
  EXPECT_EQ(LeafPresence(cpu, 0x16), Presence::kPresent);
  EXPECT_EQ(LeafPresence(cpu, 0x17), Presence::kAbsent);
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0001), Presence::kAbsent);
  cpu.Leaf({0x8000'0000, 0}, Eax(0x8000'001f));
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0001), Presence::kPresent);
  EXPECT_EQ(LeafPresence(cpu, 0x8000'0020), Presence::kAbsent);
}

TEST(Leaves, WithoutTheHighestLeafTheAnswerItselfDecides) {
  ReadCpu cpu;
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

// What is known decides where it can, whatever was not read.
TEST(Gates, JoinWhatIsKnownWithWhatIsNot) {
  ReadCpu cpu;
  cpu.Intel().Leaf(kLeaf1, Ecx(1u << 6));  // SMX and no VMX; of SGX nothing is known
  const Requirement yes = kSmx;
  const Requirement no = kVmx;
  const Requirement unknown = kSgx;
  EXPECT_EQ(Meets(cpu, yes), Presence::kPresent);
  EXPECT_EQ(Meets(cpu, no), Presence::kAbsent);
  EXPECT_EQ(Meets(cpu, unknown), Presence::kUnknown);
  EXPECT_EQ(Meets(cpu, Not(yes)), Presence::kAbsent);
  EXPECT_EQ(Meets(cpu, Not(no)), Presence::kPresent);
  EXPECT_EQ(Meets(cpu, Not(unknown)), Presence::kUnknown);
  EXPECT_EQ(Meets(cpu, AllOf(yes, yes)), Presence::kPresent);
  EXPECT_EQ(Meets(cpu, AllOf(yes, unknown)), Presence::kUnknown);
  EXPECT_EQ(Meets(cpu, AllOf(unknown, no)), Presence::kAbsent);
  EXPECT_EQ(Meets(cpu, AnyOf(no, no)), Presence::kAbsent);
  EXPECT_EQ(Meets(cpu, AnyOf(no, unknown)), Presence::kUnknown);
  EXPECT_EQ(Meets(cpu, AnyOf(unknown, yes)), Presence::kPresent);
  EXPECT_EQ(Meets(cpu, AllOf(AnyOf(no, yes), Not(AllOf(yes, no)))), Presence::kPresent);
}

TEST(Gates, NestedStatementsOfOneKindAreOne) {
  EXPECT_EQ(AllOf(AllOf(kVmx, kSmx), kSgx).nodes().size(), 4u);
  EXPECT_EQ(AllOf(AnyOf(kVmx, kSmx), kSgx).nodes().size(), 5u);
}

TEST(Gates, ANumberMustBeMore) {
  ReadCpu cpu;
  for (const unsigned ranges : {2u, 3u, 4u}) {
    cpu.Msr(MsrAddress{0xfe}, 0x500 | ranges);
    EXPECT_EQ(Meets(cpu, HasMore(kMtrrCap, "VCNT", 3)),
              ranges == 4 ? Presence::kPresent : Presence::kAbsent);
  }
}

// A model list may lag behind. An address means another register with another
// maker, and of an unknown maker nothing is known.
TEST(Gates, WhatWasReadIsThere) {
  const auto with_value = [](ReadCpu cpu) {
    return cpu.Leaf(kLeaf1, Eax(0x006f0)).Msr(MsrAddress{0x151}, 1);
  };
  EXPECT_EQ(PresenceOf(ReadCpu().Intel().Leaf(kLeaf1, Eax(0x006f0)), kBiosDone), Presence::kAbsent);
  EXPECT_EQ(PresenceOf(with_value(ReadCpu().Intel()), kBiosDone), Presence::kPresent);
  EXPECT_EQ(PresenceOf(with_value(ReadCpu().Amd()), kBiosDone), Presence::kAbsent);
  EXPECT_EQ(PresenceOf(with_value(ReadCpu().Misspelt()), kBiosDone), Presence::kAbsent);
  EXPECT_EQ(PresenceOf(with_value(ReadCpu()), kBiosDone), Presence::kUnknown);
}

// IA32_ARCH_CAPABILITIES stands further down in the table than what it tells of.
TEST(Gates, LookAtRegistersFurtherDown) {
  ReadCpu cpu;
  cpu.Intel().Leaf(kLeaf1, Eax(0x806f8)).Leaf(kLeaf7, PartialCpuid{{0, 0, 0, 1u << 29}});
  EXPECT_EQ(PresenceOf(cpu, kXapicDisableStatus), Presence::kUnknown);
  EXPECT_EQ(PresenceOf(cpu.Msr(MsrAddress{0x10a}, 1u << 21), kXapicDisableStatus),
            Presence::kPresent);
  EXPECT_EQ(PresenceOf(cpu, kMiscPackageCtls), Presence::kAbsent);
  EXPECT_EQ(PresenceOf(cpu.Msr(MsrAddress{0x10a}, 1u << 10), kMiscPackageCtls), Presence::kPresent);
  EXPECT_EQ(PresenceOf(cpu, kXapicDisableStatus), Presence::kAbsent);
}

TEST(Gates, SayWhatHasToBeReadFirst) {
  const auto looked_at = [](const MsrDef& msr) {
    std::vector<const MsrDef*> msrs;
    AddMsrsLookedAt(msr.present->requirement, &msrs);
    return msrs;
  };
  using Msrs = std::vector<const MsrDef*>;
  EXPECT_EQ(looked_at(kFeatureControl), Msrs());
  EXPECT_EQ(looked_at(kXapicDisableStatus), Msrs({&kArchCapabilities}));
  EXPECT_EQ(looked_at(kVmxEptVpidCap), Msrs({&kVmxProcbasedCtls, &kVmxProcbasedCtls2}));
  EXPECT_EQ(looked_at(kVmxVmfunc), Msrs({&kVmxProcbasedCtls, &kVmxProcbasedCtls2}));
}

}  // namespace
}  // namespace vtprobe::registers
