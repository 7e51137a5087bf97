#include "msr_writer/locks.h"

#include <array>

#include "vtprobe/hal/cpuid_view.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::msr_writer {
namespace {

constexpr ProvableLock LockOf(const MsrDef& reg, const Field& lock, std::string_view spec,
                              std::span<const CpuidField> announced_by) {
  return {reg.name, reg.address, lock.mask(), spec, announced_by};
}

// [intel/sdm-vol4] table 2-2: IA32_FEATURE_CONTROL if CPUID.1:ECX[5] or [6], or for SGX
// CPUID.7.0:EBX[2]; IA32_TME_ACTIVATE if CPUID.7.0:ECX[13].
constexpr std::array kOfFeatureControl = {registers::kVmx, registers::kSmx, registers::kSgx};
constexpr std::array kOfTmeActivate = {registers::kCpuid7Ecx["TME_EN"]};

constexpr std::array kProvable = {
    LockOf(registers::kFeatureControl, registers::kFeatureControl["LOCK"], "[intel/sdm-vol3] 24.7",
           kOfFeatureControl),
    LockOf(registers::kTmeActivate, registers::kTmeActivate["LOCK"], "[intel/sdm-vol4] table 2-2",
           kOfTmeActivate),
};

constexpr std::array kOther = {
    OtherLock{registers::kSmrrPhysMask.name, "outside SMM every write faults, locked or not"},
    OtherLock{registers::kDebugInterface.name, "once locked it ignores a write without a fault"},
    OtherLock{registers::kPkgCstConfigControl.name,
              "the manual does not say that a locked one faults"},
    OtherLock{registers::kVmCr.name, "once locked it ignores a write without a fault"},
    OtherLock{registers::kHwcr.name, "once locked it ignores a write without a fault"},
};

Presence PresenceOf(const RegisterView& cpu, const ProvableLock& lock) {
  Presence presence = Presence::kAbsent;
  for (const CpuidField& field : lock.announced_by) {
    const auto bit = registers::Read(cpu, field);
    if (bit && *bit != 0) return Presence::kPresent;
    if (!bit) presence = Presence::kUnknown;
  }
  return presence;
}

LockOutcome OutcomeOf(const Result<void>& written) {
  if (written) return LockOutcome::kDoesNot;
  return written.error().code == AccessCode::kGeneralProtection ? LockOutcome::kHolds
                                                                : LockOutcome::kNotWritten;
}

}  // namespace

std::span<const ProvableLock> ProvableLocks() { return kProvable; }

std::span<const OtherLock> OtherLocks() { return kOther; }

std::string_view Name(LockOutcome outcome) {
  switch (outcome) {
    case LockOutcome::kHolds:
      return "holds";
    case LockOutcome::kDoesNot:
      return "does_not_hold";
    case LockOutcome::kChanged:
      return "changed";
    case LockOutcome::kNotLocked:
      return "not_locked";
    case LockOutcome::kNotThere:
      return "not_there";
    case LockOutcome::kNotRead:
      return "not_read";
    case LockOutcome::kNotWritten:
      return "not_written";
  }
  return "";
}

LockResult VerifyLock(CpuidReader& cpuid, MsrReader& reader, MsrWriter& writer, LogicalCpu cpu,
                      const ProvableLock& lock) {
  LockResult result{.cpu = cpu, .name = lock.name, .address = lock.address};
  if (const Presence presence = PresenceOf(CpuidView(cpuid, cpu), lock);
      presence != Presence::kPresent) {
    if (presence == Presence::kAbsent) result.outcome = LockOutcome::kNotThere;
    return result;
  }
  const auto before = reader.ReadMsr(cpu, lock.address);
  if (!before) {
    if (before.error().code == AccessCode::kGeneralProtection) {
      result.outcome = LockOutcome::kNotThere;
    }
    return result;
  }
  result.before = *before;
  if ((*before & lock.lock) == 0) {
    result.outcome = LockOutcome::kNotLocked;
    return result;
  }
  result.outcome = OutcomeOf(writer.WriteMsr(cpu, lock.address, *before));
  const auto after = reader.ReadMsr(cpu, lock.address);
  if (!after) {
    result.outcome = LockOutcome::kNotRead;
    return result;
  }
  result.after = *after;
  if (*after != *before) result.outcome = LockOutcome::kChanged;
  return result;
}

void VerifyLocks(CpuidReader& cpuid, MsrReader& reader, MsrWriter& writer,
                 std::span<const LogicalCpu> cpus,
                 const std::function<void(const LockResult&)>& tell) {
  for (const ProvableLock& lock : kProvable) {
    for (const LogicalCpu cpu : cpus) {
      const LockResult result = VerifyLock(cpuid, reader, writer, cpu, lock);
      tell(result);
      if (result.outcome == LockOutcome::kChanged) return;
    }
  }
}

}  // namespace vtprobe::msr_writer
