#include "machines.h"

#include <array>
#include <cstdint>
#include <stdexcept>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::bench {
namespace {

constexpr MsrAddress kFeatureControl{0x3a};

// How IA32_FEATURE_CONTROL is set: LOCK is bit 0, VMX_IN_SMX 1, VMX_OUTSIDE_SMX
// 2. [intel/sdm-vol4] table 2-2
constexpr std::uint64_t kEnabledAndLocked = 0x5;
constexpr std::array<std::uint64_t, 4> kEveryState = {kEnabledAndLocked, 0x3, 0x1, 0x4};

// A Skylake with VMX (leaf 1, ECX bit 5), on no hypervisor. Its APIC id is `id`, which also stands
// in bits that are reserved or nobody judges, so that no two are alike. [intel/sdm-vol2] CPUID,
// [intel/sdm-vol4] table 2-2
class SkylakeCpu final : public RegisterView {
 public:
  explicit SkylakeCpu(std::uint32_t id, std::uint64_t control = kEnabledAndLocked)
      : id_(id), control_(control) {}

  MsrReading Msr(MsrAddress address) const override {
    // Its leaf 7 tells of none, and so there is none of what this tells of.
    if (address == registers::kArchCapabilities.address) {
      return tl::unexpected(AccessCode::kGeneralProtection);
    }
    if (address == kFeatureControl) return control_ | std::uint64_t{id_} << 32;
    return id_;
  }

  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    PartialCpuid answer;
    switch (leaf.leaf) {
      case 0x0:  // leaves up to 0x16, "GenuineIntel"
        answer.registers = {0x16, 0x756e6547, 0x6c65746e, 0x49656e69};
        break;
      case 0x1:
        answer.registers = {0x506e3, id_ << 24, 0x7ffafbff, 0xbfebfbff};
        break;
      case 0xb:  // one thread a core; all cores in one package
        answer.registers = {leaf.subleaf == 0 ? 0u : 16u, 1, leaf.subleaf == 0 ? 0x100u : 0x201u,
                            id_};
        break;
      case 0x8000'0000:
        answer.registers.eax = 0x8000'0008;
        break;
      default:  // none of the features that it tells of
        break;
    }
    return answer;
  }

 private:
  std::uint32_t id_;
  std::uint64_t control_;
};

// Those of the registers that the CPU has, as its CPUID and its other MSRs say.
Selection Existing(const Selection& registers, const SkylakeCpu& cpu) {
  Selection existing;
  for (const auto& [leaf, mask] : registers.cpuid) {
    if (registers::LeafPresence(cpu, leaf.leaf) != Presence::kAbsent) existing.Add(leaf);
  }
  for (const MsrAddress address : registers.msrs) {
    const MsrDef* const msr = registers::FindMsr(address);
    if (msr == nullptr || registers::Meets(cpu, msr->present->requirement) != Presence::kAbsent) {
      existing.Add(address);
    }
  }
  return existing;
}

}  // namespace

PlatformSnapshot MakeMachine(std::uint32_t cpus, Likeness likeness) {
  SnapshotBuilder builder;
  builder.metadata().Set(meta::kProvenance, "synthetic");
  builder.metadata().Set(meta::kStage, "os");
  builder.metadata().Set(meta::kKernel, "6.1.0-18-amd64");
  const Selection checked = CheckedRegisters();
  bool consistent = true;
  const auto add_block = [&](const CpuSet& block, std::uint32_t id) {
    const SkylakeCpu cpu(id, likeness == Likeness::kDiscordant
                                 ? kEveryState[id % kEveryState.size()]
                                 : kEnabledAndLocked);
    const Selection registers = Existing(checked, cpu);
    consistent = consistent && builder.OpenBlock(block);
    for (const auto& [leaf, mask] : registers.cpuid) {
      consistent = consistent && builder.AddCpuid(leaf, cpu.Cpuid(leaf));
    }
    for (const MsrAddress address : registers.msrs) {
      consistent = consistent && builder.AddMsr(address, cpu.Msr(address));
    }
  };
  if (likeness == Likeness::kUniform) {
    add_block(CpuSet{{0, cpus - 1}}, 0);
  } else {
    for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) add_block(CpuSet(LogicalCpu{cpu}), cpu);
  }
  if (!consistent) throw std::logic_error("the benchmark's machine contradicts itself");
  return builder.Build();
}

}  // namespace vtprobe::bench
