#include "live_machine.h"

#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

#include "interruptible_pause.h"
#include "progress.h"
#include "subject.h"
#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/cpuid_view.h"
#include "vtprobe/machine/smi_watch.h"
#include "vtprobe/machine/this_machine.h"
#include "vtprobe/proof/kvm.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe {
namespace {

std::uint64_t Seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

bool IsUnderHypervisor(const CpuSet& cpus) {
  if (cpus.empty()) return false;
  CpuidInstruction cpuid;
  return registers::IsSetIn(CpuidView(cpuid, cpus.First()), registers::kHypervisor);
}

}  // namespace

OrFailure<HostContext> DescribeLiveMachine() { return DescribeThisMachine(); }

OrFailure<PlatformSnapshot> ReadLiveMachine(const CapturePlan& plan, const HostContext& host,
                                            Confinement* confinement, unsigned watch_smi) {
  const auto watch = [&](MsrReader& msrs, PlatformSnapshot* snapshot) {
    if (watch_smi == 0) return;
    Progress progress("seconds watched");
    InterruptiblePause pause(progress.Callback());
    WatchSmis(msrs, pause, std::chrono::seconds(watch_smi), snapshot);
  };
  return ReadThisMachine(
      plan, host, [&](bool checks) { confinement->DevicesAreOpen(checks); }, watch);
}

OrFailure<ProofReport> ProveLiveMachine(const HostContext& host, unsigned seconds) {
  LinuxKvmDevice device;
  KvmGuestRunner runner(device);
  Progress progress("CPUs ran guests");
  return ProofReport{.proof = Prove(runner, FindGuestProvider("/", host.metadata),
                                    {.cpus = host.online,
                                     .at_least = std::chrono::seconds(seconds),
                                     .seed = Seed(),
                                     .progress = progress.Callback()}),
                     .is_under_hypervisor = IsUnderHypervisor(host.online)};
}

OrFailure<std::optional<Proof>> ProveIfAsked(const Arguments& arguments) {
  if (!arguments.proves) return std::nullopt;
  const auto cpus = ChosenCpus(arguments);
  if (!cpus) return tl::unexpected(cpus.error());
  const auto host = ChosenHost(*cpus);
  if (!host) return tl::unexpected(host.error());
  auto report = ProveLiveMachine(*host, 0);
  if (!report) return tl::unexpected(report.error());
  return std::optional(std::move(report->proof));
}

}  // namespace vtprobe
