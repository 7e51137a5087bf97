// A guest on every CPU, and what that proves of the machine.

#ifndef VTPROBE_PROOF_PROOF_H_
#define VTPROBE_PROOF_PROOF_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/proof_record.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/proof/guest_runner.h"
#include "vtprobe/proof/provider.h"

namespace vtprobe {

struct Proof {
  GuestProvider provider;
  // Ordered by lowest CPU; together all CPUs that were to be asked.
  std::vector<ProofGroup> groups;
  // Of those that ran; none if none did.
  std::optional<SlowestRun> slowest;
};

// One CPU's part of a proof.
struct CpuProof {
  LogicalCpu cpu;
  GuestRun run{};  // as in ProofGroup
  std::uint64_t runs = 0;
  std::uint64_t not_well = 0;
  std::chrono::nanoseconds slowest{};
};

// Puts CPUs with the same outcome and reason together.
Proof MakeProof(GuestProvider provider, const std::vector<CpuProof>& cpus);

struct ProofPlan {
  CpuSet cpus;  // those to be asked
  // Every CPU runs its guests once, and again until this has passed.
  std::chrono::nanoseconds at_least{};
  // What the guests' inputs are made of.
  std::uint64_t seed = 0;
  // Called now and then with the number of CPUs that are done with a round.
  std::function<void(std::size_t)> progress{};
};

// Runs guests on each of the CPUs, by threads bound to them. A CPU that no thread
// can be bound to is kNotAsked.
Proof Prove(GuestRunner& runner, GuestProvider provider, const ProofPlan& plan);

// What a proof says of hardware virtualization on this machine, by itself.
enum class Conclusion : std::uint8_t {
  kProven,      // guests ran on every CPU, by what needs the hardware
  kDisproven,   // on some CPU one was refused, or computed wrongly
  kNotProven,   // neither: some CPU was not asked, or another hypervisor is there
  kNoHardware,  // guests ran, by what needs no hardware, or by nobody knows what
};

Conclusion Conclude(const Proof& proof);

// The command's exit status: 0 proven, 1 disproven, 2 for anything else.
int ExitCode(Conclusion conclusion);

}  // namespace vtprobe

#endif  // VTPROBE_PROOF_PROOF_H_
