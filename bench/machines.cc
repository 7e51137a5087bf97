#include "machines.h"

#include <stdexcept>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::bench {
namespace {

constexpr MsrAddress kFeatureControl{0x3a};

// A Skylake's leaves 0 and 1, with VMX (ECX bit 5) and without the hypervisor
// bit; every other leaf answers 0. [intel/sdm-vol2] CPUID
CpuidReading AnswerCpuid(CpuidLeaf leaf, std::uint32_t id) {
  PartialCpuid answer;
  if (leaf == CpuidLeaf{0, 0}) {
    answer.registers = {0x16, 0x756e6547, 0x6c65746e, 0x49656e69};
  } else if (leaf == CpuidLeaf{1, 0}) {
    answer.registers = {0x506e3, id << 24, 0x7ffafbff, 0xbfebfbff};
  }
  return answer;
}

// Locked with VMX outside SMX; what tells CPUs apart are reserved bits there,
// and the whole value elsewhere. [intel/sdm-vol4] table 2-2
MsrReading AnswerMsr(MsrAddress address, std::uint32_t id) {
  if (address == kFeatureControl) return std::uint64_t{0x5} | std::uint64_t{id} << 32;
  return id;
}

}  // namespace

PlatformSnapshot MakeMachine(std::uint32_t cpus, Likeness likeness) {
  SnapshotBuilder builder;
  builder.metadata().Set(meta::kProvenance, "synthetic");
  builder.metadata().Set(meta::kStage, "os");
  builder.metadata().Set(meta::kKernel, "6.1.0-18-amd64");
  const Selection registers = JudgedRegisters();
  bool consistent = true;
  const auto add_block = [&](const CpuSet& block, std::uint32_t id) {
    consistent = consistent && builder.OpenBlock(block);
    for (const auto& [leaf, mask] : registers.cpuid) {
      consistent = consistent && builder.AddCpuid(leaf, AnswerCpuid(leaf, id));
    }
    for (const MsrAddress address : registers.msrs) {
      consistent = consistent && builder.AddMsr(address, AnswerMsr(address, id));
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
