#include "rules/each_cpu.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "vtprobe/probes/profile.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {
namespace {

bool IsGuest(const RuleInput& input, const RegisterView& cpu) {
  return input.snapshot.metadata().Get(meta::kStage) == "guest" ||
         registers::Read(cpu, registers::kHypervisor).value_or(0) != 0;
}

// Why it isn't known whether a CPU has a register: what CPUID lacks.
AccessCode WhyUnknown(const RegisterView& cpu) {
  for (const std::uint32_t leaf : {0x0u, 0x1u}) {
    const CpuidReading reading = cpu.Cpuid({leaf});
    if (!reading) return reading.error();
  }
  return AccessCode::kNotRecorded;
}

// What there is to say of CPUs that the rule does not judge.
class Refusal {
 public:
  Refusal(const Rule& rule, const AlikeCpus& alike, Findings* findings)
      : rule_(rule), cpus_(alike.cpus), registers_(alike.registers), findings_(*findings) {}

  // Each returns false, so that a refusal is the answer.
  bool NotApplicable(std::string why) {
    findings_.Add(cpus_, {Outcome::kNotApplicable, std::move(why)}, registers_);
    return false;
  }
  bool Unread(const MsrDef& msr, AccessCode code) {
    findings_.AddUnread(cpus_, fmt::format("{} was not read: {}.", msr.name, Describe(code)), code,
                        registers_);
    return false;
  }
  // It is unknown whether the rule applies.
  bool Unknown() {
    for (const MsrDef* const gate : rule_.gates) {
      if (gate->present(registers_) == Presence::kUnknown) break;
      const MsrReading reading = registers_.Msr(gate->address);
      if (!reading) return Unread(*gate, reading.error());
    }
    findings_.AddUnread(cpus_, "The CPUID leaves that say whether this applies were not read.",
                        WhyUnknown(registers_), registers_);
    return false;
  }

 private:
  const Rule& rule_;
  const CpuSet& cpus_;
  const RegisterView& registers_;
  Findings& findings_;
};

// A kind's CPUID, which notices that it was asked for an MSR.
class CpuidAlone final : public RegisterView {
 public:
  explicit CpuidAlone(const RegisterView& kind) : kind_(kind) {}

  MsrReading Msr(MsrAddress) const override {
    was_asked_for_msr_ = true;
    return tl::unexpected(AccessCode::kNotRecorded);
  }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return kind_.Cpuid(leaf); }

  bool was_asked_for_msr() const { return was_asked_for_msr_; }

 private:
  const RegisterView& kind_;
  mutable bool was_asked_for_msr_ = false;
};

// What the gate says of all CPUs of the kind; nothing if MSRs decide.
std::optional<Presence> OfKind(PresenceGate gate, const RegisterView& kind) {
  const CpuidAlone cpuid(kind);
  const Presence presence = gate(cpuid);
  return cpuid.was_asked_for_msr() ? std::nullopt : std::optional(presence);
}

}  // namespace

internal::KindGates::KindGates(const Rule& rule, const RuleInput& input, const RegisterView& kind)
    : rule_(rule),
      is_guest_(IsGuest(input, kind)),
      applies_(rule.applies == nullptr ? std::optional(Presence::kPresent)
                                       : OfKind(rule.applies, kind)) {
  for (const MsrDef* const msr : rule.msrs) has_.push_back(OfKind(msr->present, kind));
}

Presence internal::KindGates::Applies(const RegisterView& cpu) const {
  return applies_ ? *applies_ : rule_.applies(cpu);
}

Presence internal::KindGates::Has(std::size_t msr, const RegisterView& cpu) const {
  return has_[msr] ? *has_[msr] : rule_.msrs.begin()[msr]->present(cpu);
}

bool internal::IsToBeChecked(const Rule& rule, const KindGates& gates, const AlikeCpus& alike,
                             Findings* findings) {
  const RegisterView& registers = alike.registers;
  Refusal refusal(rule, alike, findings);
  if (!rule.in_guests && gates.is_guest()) {
    return refusal.NotApplicable("This is a guest: what firmware set does not show here.");
  }
  bool any = rule.msrs.size() == 0;
  for (const MsrDef* const msr : rule.msrs) {
    if (msr->present(registers) != Presence::kAbsent) {
      any = true;
    } else if (!rule.leaves_out_absent) {
      return refusal.NotApplicable(fmt::format("These CPUs have no {}.", msr->name));
    }
  }
  if (!any) return refusal.NotApplicable("These CPUs have none of the registers.");
  const Presence applies = gates.Applies(registers);
  if (applies == Presence::kAbsent) {
    return refusal.NotApplicable("These CPUs do not have what this is about.");
  }
  if (applies == Presence::kUnknown) return refusal.Unknown();
  for (const MsrDef* const msr : rule.msrs) {
    const MsrReading reading = registers.Msr(msr->address);
    if (reading) continue;
    const Presence presence = msr->present(registers);
    if (presence == Presence::kAbsent) continue;  // left out
    // A CPU that may not have it was not to be asked.
    if (presence == Presence::kUnknown && reading.error() == AccessCode::kNotRecorded) {
      return refusal.Unknown();
    }
    if (reading.error() == AccessCode::kGeneralProtection && rule.fault_means_absent) {
      return refusal.NotApplicable(
          fmt::format("These CPUs have no {} that can be read here.", msr->name));
    }
    return refusal.Unread(*msr, reading.error());
  }
  return true;
}

const Settings& SettingsOf(const Rule& rule, const RuleInput& input) {
  static const Settings kNone;
  if (input.profile == nullptr) return kNone;
  const RuleProfile* const own = input.profile->Find(rule.id);
  return own == nullptr ? kNone : own->settings;
}

std::vector<Finding> JudgeEachCpu(const Rule& rule, const RuleInput& input) {
  const Settings& settings = SettingsOf(rule, input);
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    findings.Add(alike.cpus, rule.check(CheckedCpu(rule, alike.registers, settings)),
                 alike.registers);
  });
  return findings.Take();
}

}  // namespace vtprobe::rules
