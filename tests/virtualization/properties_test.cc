// What must hold of any two verdicts on machines that differ in one thing.

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "virtualization/cases.h"
#include "virtualization/comparison.h"
#include "virtualization/enumeration.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::cases {
namespace {

std::vector<Cpu> SomeCpus() {
  std::vector<Cpu> cpus;
  ForEveryCpu({Each<Model>(&Cpu::model, {kSkylake, kNaples, kCorrupted, kWinChip}), Both(&Cpu::vmx),
               Both(&Cpu::hypervisor),
               Each<std::optional<std::uint32_t>>(&Cpu::max_extended, {std::nullopt, 0x8000'0000}),
               Each<std::optional<bool>>(&Cpu::svm, {true, std::nullopt}),
               Each<std::optional<bool>>(&Cpu::svml, {false, true}), Readings({0, 1, 5, 0x18})},
              [&](const Cpu& cpu) { cpus.push_back(cpu); });
  return cpus;
}

// The CPU with each of its readings left out, one at a time. Two readings only
// ever take belief in others away, and those are believed without them: the
// signature of a family that is too old, and a highest leaf that is lower than
// one which was recorded.
std::vector<Cpu> WithOneReadingLess(const Cpu& cpu) {
  std::vector<Cpu> poorer(6, cpu);
  poorer[0].vendor_leaf = false;
  poorer[1].features = false;
  poorer[2].hypervisor_leaf.reset();
  poorer[3].svm.reset();
  poorer[4].svml.reset();
  poorer[5].reading.reset();
  if (cpu.model.maker != 'o') poorer.emplace_back(cpu).signature = false;
  if (!cpu.svm) poorer.emplace_back(cpu).max_extended.reset();
  return poorer;
}

// What was not read can't be what makes a machine pass.
TEST(Properties, NoReadingLessTurnsAFailureIntoAPass) {
  const Cpu enabled = WithSwitch(kSkylake, 5);
  int failures = 0;
  for (const Cpu& cpu : SomeCpus()) {
    if (ExitCode(JudgeVirtualization(Machine({cpu}))) == 0) continue;
    for (const Cpu& poorer : WithOneReadingLess(cpu)) {
      for (const std::vector<Cpu>& cpus : {std::vector{poorer}, std::vector{enabled, poorer}}) {
        const PlatformSnapshot snapshot = Machine(cpus);
        if (ExitCode(JudgeVirtualization(snapshot)) != 0) continue;
        ADD_FAILURE() << "passes with a reading less: " << Reproduce(snapshot);
        if (++failures == 10) return;
      }
    }
  }
}

TEST(Properties, WhatIsKnownOfTheKernelChangesAttributionOnly) {
  std::vector<Cpu> cpus = SomeCpus();
  const auto judge = [&](const Host& host, std::string_view microcode) {
    PlatformSnapshot snapshot = Machine(cpus, host);
    snapshot.mutable_metadata().Set(meta::kMicrocode, microcode);
    return JudgeVirtualization(snapshot);
  };
  for (const std::string_view stage : {"", "pre-os", "os", "guest"}) {
    for (const std::string_view measured : {"", "yes", "no"}) {
      const auto plain = judge({stage, "", "", measured}, "");
      for (const std::string_view kernel : {"5.5.19", "5.6.0", "6.1.0-13-amd64"}) {
        for (const std::string_view kvm_intel : {"y", "m", "n"}) {
          const auto other = judge({stage, kernel, kvm_intel, measured}, "0xf4");
          EXPECT_EQ(other.state, plain.state);
          EXPECT_EQ(other.usable, plain.usable);
          EXPECT_EQ(other.technology, plain.technology);
          ASSERT_EQ(other.groups.size(), plain.groups.size());
          for (std::size_t i = 0; i < plain.groups.size(); ++i) {
            ASSERT_EQ(other.groups[i].cpus, plain.groups[i].cpus);
            EXPECT_EQ(other.groups[i].state, plain.groups[i].state);
            EXPECT_EQ(other.groups[i].usable, plain.groups[i].usable);
            EXPECT_EQ(other.groups[i].technology, plain.groups[i].technology);
            EXPECT_EQ(other.groups[i].evidence, plain.groups[i].evidence);
          }
        }
      }
    }
  }
}

// The release is compared as numbers: 5.10 is later than 5.6, and 10 than 5.
TEST(Properties, KernelReleasesAreOrderedByNumber) {
  const auto attribution = [](std::string_view kernel) {
    return JudgeVirtualization(Machine({WithSwitch(kSkylake, 0x8005)}, {"os", kernel, "y", "no"}))
        .attribution;
  };
  for (const std::string_view locks :
       {"5.6", "5.6.0", "5.6.0-rc1", "5.10.0-28-amd64", "5.15.153.1-microsoft-standard-WSL2",
        "6.0.0", "6.1.0-13-amd64", "10.0.1", "4294967295.0"}) {
    EXPECT_EQ(attribution(locks), Attribution::kFirmware) << locks;
  }
  for (const std::string_view keeps :
       {"5.5.19", "5.5", "4.19.0-27-amd64", "4.20.17", "3.10.0-1160.el7.x86_64", "2.6.32", "",
        "linux", "x6.1", "-6.1", "6-1", ".6.1",
        // What is no release, and would be one if it wrapped.
        "4294967302.1", "5.4294967302", "18446744073709551622.1", "5.18446744073709551622"}) {
    EXPECT_EQ(attribution(keeps), Attribution::kUnknown) << keeps;
  }
}

// The registers that the engine declares are all that it looks at.
TEST(Properties, TheDeclaredRegistersAreEnough) {
  const Selection declared = VirtualizationRegisters();
  for (const Host& host : {Host{}, Host{"os", "6.1.0", "y", "no"}}) {
    const PlatformSnapshot whole = Machine(SomeCpus(), host);
    SnapshotBuilder builder;
    SetMetadata(host, &builder.metadata());
    for (const SnapshotRow& row : whole.Rows(declared)) {
      ASSERT_TRUE(builder.OpenBlock(row.cpus()));
      for (const auto& [leaf, mask] : declared.cpuid) {
        ASSERT_TRUE(builder.AddCpuid(leaf, row.Cpuid(leaf)));
      }
      for (const MsrAddress address : declared.msrs) {
        ASSERT_TRUE(builder.AddMsr(address, row.Msr(address)));
      }
    }
    const auto want = JudgeVirtualization(whole);
    const auto got = JudgeVirtualization(builder.Build());
    EXPECT_EQ(Headline(got), Headline(want));
    EXPECT_EQ(Explanation(got), Explanation(want));
    EXPECT_EQ(Remedy(got), Remedy(want));
    ASSERT_EQ(got.groups.size(), want.groups.size());
    for (std::size_t i = 0; i < want.groups.size(); ++i) {
      ASSERT_EQ(got.groups[i].cpus, want.groups[i].cpus);
      EXPECT_EQ(got.groups[i].state, want.groups[i].state);
      EXPECT_EQ(got.groups[i].usable, want.groups[i].usable);
      EXPECT_EQ(got.groups[i].attribution, want.groups[i].attribution);
      EXPECT_EQ(got.groups[i].evidence, want.groups[i].evidence);
    }
  }
}

// A leaf that failed to be read is a leaf that was not read.
TEST(Properties, AFailedLeafIsNotAValue) {
  for (const Model& model : {kSkylake, kNaples, kCorrupted}) {
    for (const CpuidLeaf failing : {kVendorLeaf, kFeatureLeaf, kExtendedFeatureLeaf, kSvmLeaf}) {
      for (const AccessCode code : kAllAccessCodes) {
        Cpu cpu = WithSwitch(model, model.maker == 'S' ? 0x18 : 1);
        const PlatformSnapshot whole = Machine({cpu});
        SnapshotBuilder failed;
        SnapshotBuilder absent;
        for (SnapshotBuilder* builder : {&failed, &absent}) {
          ASSERT_TRUE(builder->OpenBlock(CpuSet(LogicalCpu{0})));
          const Selection all = whole.Everything();
          for (const auto& [leaf, mask] : all.cpuid) {
            if (leaf == failing) continue;
            ASSERT_TRUE(builder->AddCpuid(leaf, whole.Cpuid(LogicalCpu{0}, leaf)));
          }
          for (const MsrAddress address : all.msrs) {
            ASSERT_TRUE(builder->AddMsr(address, whole.Msr(LogicalCpu{0}, address)));
          }
        }
        ASSERT_TRUE(failed.AddCpuid(failing, tl::unexpected(code)));
        const PlatformSnapshot snapshot = failed.Build();
        const auto got = JudgeVirtualization(snapshot);
        const auto want = JudgeVirtualization(absent.Build());
        EXPECT_EQ(got.state, want.state) << Reproduce(snapshot);
        EXPECT_EQ(got.usable, want.usable) << Reproduce(snapshot);
        EXPECT_EQ(got.attribution, want.attribution) << Reproduce(snapshot);
        EXPECT_EQ(got.technology, want.technology) << Reproduce(snapshot);
      }
    }
  }
}

}  // namespace
}  // namespace vtprobe::cases
