// What a machine must keep from one recording to the next: firmware that sets a
// lock at power-on and forgets it at a warm reset or at the resume from S3 is
// found by comparing, and by nothing else.

#include <fmt/format.h>

#include "rules.h"
#include "sequence.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kBiosSignId;
using registers::kDebugInterface;
using registers::kFeatureControl;
using registers::kHwcr;
using registers::kTmeActivate;
using registers::kVmCr;

// The field that locks a register until the next reset.
std::uint64_t LockOf(const MsrDef& msr) {
  for (const Field& field : msr.fields) {
    if (field.name == "LOCK" || field.name == "SMMLOCK") return field.mask();
  }
  return 0;
}

Opinion LockIsKept(const MsrDef& msr, const MsrStep& step) {
  const std::uint64_t lock = LockOf(msr);
  if ((step.before & lock) == 0 || (step.after & lock) != 0) return {};
  return {Outcome::kFail, fmt::format("{} was locked ({:#x}) and is not in recording {} ({:#x}).",
                                      msr.name, step.before, step.step.number, step.after)};
}

Opinion FirmwareSetIt(const MsrDef& msr, const MsrStep& step) {
  const std::uint64_t lock = LockOf(msr);
  if (!IsPreOs(step.step.before.metadata()) || IsPreOs(step.step.after.metadata())) return {};
  if ((step.after & lock) == 0) return {};
  if ((step.before & lock) != 0) {
    if (step.step.before.metadata().Get(meta::kBoot) == "cold") return {};
    return {Outcome::kIndeterminate,
            fmt::format("{} was locked before the operating system ran ({:#x}), but a warm reset "
                        "keeps that: the system before may have locked it (no meta boot = cold).",
                        msr.name, step.before)};
  }
  return {Outcome::kWarn,
          fmt::format("Firmware left {} unlocked ({:#x}); the operating system locked it ({:#x}).",
                      msr.name, step.before, step.after)};
}

Opinion RevisionIsKept(const MsrDef& msr, const MsrStep& step) {
  // The vendors keep it in different halves; the other one is 0.
  const auto revision = [](std::uint64_t value) {
    const std::uint64_t intel = kBiosSignId["MICROCODE_REVISION"].Extract(value);
    return intel != 0 ? intel : kBiosSignId["PATCH_LEVEL"].Extract(value);
  };
  if (revision(step.after) >= revision(step.before)) return {};
  return {Outcome::kFail,
          fmt::format("{}: the microcode went back from {:#x} to {:#x} in recording {}.", msr.name,
                      revision(step.before), revision(step.after), step.step.number)};
}

}  // namespace

const Rule kSequenceLocksKept{
    .id = "sequence.locks_kept",
    .title = "What was locked once is locked in every later recording",
    .spec = "[intel/sdm-vol3] 24.7, [amd/apm-vol2] 15.30.1",
    .severity = Severity::kHigh,
    .remedy =
        "Firmware has to set its locks on every path: cold boot, warm reset and resume from "
        "S3, on every CPU. Update it, or tell its vendor which step loses the lock.",
    .msrs = {&kFeatureControl, &kDebugInterface, &kTmeActivate, &kHwcr, &kVmCr},
    .in_guests = true,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeSteps(rule, input, LockIsKept);
    }};

const Rule kSequenceLockedByFirmware{
    .id = "sequence.locked_by_firmware",
    .title = "Firmware locks what the operating system finds locked",
    .spec = "[intel/sdm-vol3] 24.7, [linux] arch/x86/kernel/cpu/feat_ctl.c",
    .severity = Severity::kLow,
    .remedy =
        "Linux sets and locks it itself; a system that does not, as Windows, finds it "
        "unlocked. Set the feature in firmware setup, or update the firmware.",
    .msrs = {&kFeatureControl},
    .in_guests = true,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeSteps(rule, input, FirmwareSetIt);
    }};

const Rule kSequenceMicrocodeKept{
    .id = "sequence.microcode_kept",
    .title = "The microcode never goes back",
    .spec = "[intel/sdm-vol3] 10.11.7.1, [amd/apm-vol2] A.8",
    .severity = Severity::kHigh,
    .remedy =
        "Firmware has to load its update again at resume from S3, and the operating system "
        "its own. Update both.",
    .msrs = {&kBiosSignId},
    .in_guests = true,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeSteps(rule, input, RevisionIsKept);
    }};

}  // namespace vtprobe::rules
