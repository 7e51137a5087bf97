// A capture whose system calls are counted, of files that stand in for the msr
// driver's:
//
//   system_calls ROOT CPUS REGISTERS SWEEPS
//
// reads as many registers, eight bytes each, of ROOT/0/msr, ROOT/1/msr and so on,
// and executes as many CPUID instructions on each CPU that there is. Exits with 1
// if an MSR could not be read.

#include <cstdint>
#include <string>

#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {
namespace {

bool CaptureAll(const std::string& root, std::uint32_t cpus, std::uint32_t registers,
                std::uint32_t sweeps) {
  CapturePlan plan{.registers = {}, .absent_msrs = true, .distinct_apic_ids = false};
  for (std::uint32_t reg = 0; reg < registers; ++reg) {
    plan.registers.Add(MsrAddress{reg * 8});
    // Each CPU has leaf 0, which does not mind the subleaf.
    plan.registers.Add(CpuidLeaf{0, reg});
  }
  LinuxMsrReader msrs(root);
  CpuidInstruction cpuid;
  PinnedWorkers workers;
  for (std::uint32_t sweep = 0; sweep < sweeps; ++sweep) {
    const PlatformSnapshot captured =
        Capture(plan, CpuSet{{0, cpus - 1}}, {}, {}, msrs, cpuid, workers);
    for (const MsrAddress address : plan.registers.msrs) {
      for (const auto& [readers, reading] : captured.Values(address)) {
        if (!reading) return false;
      }
    }
  }
  return true;
}

}  // namespace
}  // namespace vtprobe

int main(int argc, char** argv) {
  const auto number = [&](int i) { return static_cast<std::uint32_t>(std::stoul(argv[i])); };
  return argc == 5 && vtprobe::CaptureAll(argv[1], number(2), number(3), number(4)) ? 0 : 1;
}
