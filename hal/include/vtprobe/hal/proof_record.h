// What guests that were run on a machine showed, CPU by CPU, as its recording carries it
// under the key `proof`, so that it is judged away from the machine:
//
//   kvm_intel; 0-62 ran 126; 63 refused 2 of 2: KVM_RUN: Input/output error
//
// recorded-msr-dumps/FORMAT.md has the grammar. Thread-safe: pure functions.

#ifndef VTPROBE_HAL_PROOF_RECORD_H_
#define VTPROBE_HAL_PROOF_RECORD_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

enum class GuestOutcome : std::uint8_t {
  kRan,       // and computed what it should
  kRefused,   // the CPU or KVM did not let it run
  kWrong,     // it ran and did something else
  kNotAsked,  // nothing was tried on this CPU
};

// The names in reports: "ran", "refused", "wrong", "not_asked".
std::string_view Name(GuestOutcome outcome);

struct GuestRun {
  GuestOutcome outcome = GuestOutcome::kNotAsked;
  // Why it is not kRan, as a clause that begins in lower case; empty where it is.
  std::string reason{};
  // Another hypervisor holds the extension, which then works, or may: a refusal
  // that proves nothing.
  bool is_busy = false;

  friend bool operator==(const GuestRun&, const GuestRun&) = default;
};

// CPUs on which the same happened.
struct ProofGroup {
  CpuSet cpus;
  // The first that was not kRan, if there was one.
  GuestRun run;
  std::uint64_t runs = 0;      // over all of these CPUs
  std::uint64_t not_well = 0;  // those of them that were not kRan
};

struct SlowestRun {
  LogicalCpu cpu;
  std::chrono::nanoseconds took{};
};

struct ProofRecord {
  std::string provider;            // which KVM ran them: "kvm_amd"
  std::vector<ProofGroup> groups;  // no CPU is in two of them
  std::optional<SlowestRun> slowest;
};

// One line. Of a reason, a semicolon becomes a comma.
std::string ProofText(const ProofRecord& record);

// What ProofText() wrote, or what should stand where it is something else.
tl::expected<ProofRecord, InvalidValue> ParseProof(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_PROOF_RECORD_H_
