// Locks, held against a write that must be refused.
//
// The safest write is the value that was just read: where the lock locks, the CPU
// raises #GP, and where it does not, nothing changes. So it is asked of those registers
// alone of which a manual says that a locked one faults; of a register whose LOCK reads
// 0 nothing is written, for it is not locked and no write is needed to know it.

#ifndef VTPROBE_TOOLS_MSR_WRITER_LOCKS_H_
#define VTPROBE_TOOLS_MSR_WRITER_LOCKS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vtprobe/hal/msr_writer.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::msr_writer {

struct ProvableLock {
  std::string_view name;
  MsrAddress address;
  std::uint64_t lock = 0;  // the bit that is set while it is locked
  std::string_view spec;   // where it is said that a write then faults
  // The register is there if CPUID has any of these. An address that no bit speaks of
  // may be another register's, or one that an emulator answers for.
  std::span<const CpuidField> announced_by{};
};

std::span<const ProvableLock> ProvableLocks();

// A register with a lock of which a write would prove nothing, or not without changing
// something.
struct OtherLock {
  std::string_view name;
  std::string_view why;  // as a clause
};

std::span<const OtherLock> OtherLocks();

enum class LockOutcome : std::uint8_t {
  kHolds,       // the CPU refused the write
  kDoesNot,     // it took it; the value is the same
  kChanged,     // the value is another afterwards, whatever the CPU said
  kNotLocked,   // LOCK reads 0: nothing was written
  kNotThere,    // CPUID does not announce it, or reading it faults: nothing was written
  kNotRead,     // it could not be read, before: nothing was written; or after
  kNotWritten,  // the kernel refused the write, before the CPU was asked
};

// The names in what is told: "holds", "does_not_hold", "changed", "not_locked",
// "not_there", "not_read", "not_written".
std::string_view Name(LockOutcome outcome);

struct LockResult {
  LogicalCpu cpu{};
  std::string_view name;
  MsrAddress address{};
  LockOutcome outcome = LockOutcome::kNotRead;
  std::optional<std::uint64_t> before{};  // what was read, and what was written
  std::optional<std::uint64_t> after{};   // what was read once more, if a write was tried
};

// Of one register of one CPU. One thread at a time.
LockResult VerifyLock(CpuidReader& cpuid, MsrReader& reader, MsrWriter& writer, LogicalCpu cpu,
                      const ProvableLock& lock);

// Of all that can be proven, one CPU after the other, each told as soon as it is known.
// Stops after the first value that changed, since nothing here is meant to change one.
void VerifyLocks(CpuidReader& cpuid, MsrReader& reader, MsrWriter& writer,
                 std::span<const LogicalCpu> cpus,
                 const std::function<void(const LockResult&)>& tell);

}  // namespace vtprobe::msr_writer

#endif  // VTPROBE_TOOLS_MSR_WRITER_LOCKS_H_
