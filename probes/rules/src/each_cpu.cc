#include "each_cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "rows_of_rule.h"
#include "vtprobe/probes/expectations.h"
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

// Why the rule does not apply to a CPU.
struct Exemption {
  enum class Why : std::uint8_t { kGuest, kAbsent, kAllAbsent, kNotConcerned, kFaults };

  Why why;
  const MsrDef* msr = nullptr;  // of kAbsent and kFaults

  friend bool operator==(const Exemption&, const Exemption&) = default;
};

std::string InWords(const Exemption& exemption) {
  switch (exemption.why) {
    case Exemption::Why::kGuest:
      return "This is a guest: what firmware set does not show here.";
    case Exemption::Why::kAbsent:
      return fmt::format("These CPUs have no {}.", exemption.msr->name);
    case Exemption::Why::kAllAbsent:
      return "These CPUs have none of the registers.";
    case Exemption::Why::kNotConcerned:
      return "These CPUs do not have what this is about.";
    case Exemption::Why::kFaults:
      return fmt::format("These CPUs have no {} that can be read here.", exemption.msr->name);
  }
  return {};
}

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

// Some CPUs of one kind as a rule sees them: the kind's feature registers, and
// what these CPUs gave for the MSRs that the rule declares.
class KindWithMsrs final : public RegisterView {
 public:
  KindWithMsrs(const SnapshotRow& kind, std::span<const MsrAddress> addresses,
               std::span<const MsrReading> readings)
      : kind_(kind), addresses_(addresses), readings_(readings) {}

  MsrReading Msr(MsrAddress address) const override {
    const auto found = std::find(addresses_.begin(), addresses_.end(), address);
    if (found == addresses_.end()) return tl::unexpected(AccessCode::kNotRecorded);
    return readings_[static_cast<std::size_t>(found - addresses_.begin())];
  }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return kind_.Cpuid(leaf); }

 private:
  const SnapshotRow& kind_;
  std::span<const MsrAddress> addresses_;
  std::span<const MsrReading> readings_;  // of each address
};

// A gate, asked once for all CPUs of a kind if it looks at CPUID alone.
class KindGate {
 public:
  // Null for one that is always open.
  KindGate(PresenceGate gate, const RegisterView& kind) : gate_(gate) {
    const CpuidAlone cpuid(kind);
    const Presence presence = gate == nullptr ? Presence::kPresent : gate(cpuid);
    if (!cpuid.was_asked_for_msr()) of_kind_ = presence;
  }

  // Nothing if MSRs decide.
  std::optional<Presence> of_kind() const { return of_kind_; }
  Presence Of(const RegisterView& cpu) const { return of_kind_ ? *of_kind_ : gate_(cpu); }
  bool IsThatOf(const MsrDef& msr) const { return gate_ == msr.present; }

 private:
  PresenceGate gate_;
  std::optional<Presence> of_kind_;
};

// Finds the CPUs of one kind that a rule has to judge.
class KindOfCpus {
 public:
  KindOfCpus(const Rule& rule, const RuleInput& input, const SnapshotRow& kind, Findings* findings)
      : rule_(rule),
        kind_(kind),
        findings_(*findings),
        is_exempt_guest_(!rule.in_guests && IsGuest(input, kind)),
        applies_(rule.applies, kind) {}

  // Whether the rule applies to none of them, whatever their MSRs are. Then
  // that is said of all, and there is nothing to look at.
  bool AreExempt() {
    if (is_exempt_guest_) return !NotApplicable(kind_.cpus(), {Exemption::Why::kGuest});
    bool is_decided = true;
    has_.reserve(rule_.msrs.size());
    gate_of_.reserve(rule_.msrs.size());
    presence_.reserve(rule_.msrs.size());
    for (const MsrDef* const msr : rule_.msrs) {
      // Registers that come together mostly follow each other.
      if (has_.empty() || !has_.back().IsThatOf(*msr)) {
        has_.emplace_back(msr->present, kind_);
        presence_.push_back(has_.back().of_kind().value_or(Presence::kUnknown));
      }
      gate_of_.push_back(has_.size() - 1);
      is_decided = is_decided && has_.back().of_kind();
      if (is_decided && presence_.back() == Presence::kAbsent && !rule_.leaves_out_absent) {
        return !NotApplicable(kind_.cpus(), {Exemption::Why::kAbsent, msr});
      }
    }
    if (!is_decided) return false;
    if (const auto exemption = WhyNotThere()) return !NotApplicable(kind_.cpus(), *exemption);
    are_there_ = true;
    if (applies_.of_kind() != Presence::kAbsent) return false;
    return !NotApplicable(kind_.cpus(), {Exemption::Why::kNotConcerned});
  }

  // Visits the CPUs, which gave those readings, if they are to be judged; if not,
  // says why not.
  void Look(const CpuSet& cpus, std::span<const MsrAddress> addresses,
            std::span<const MsrReading> readings,
            const std::function<void(const AlikeCpus& alike)>& visit) {
    const KindWithMsrs registers(kind_, addresses, readings);
    if (!IsToBeJudged(cpus, registers, readings)) return;
    visit({cpus, registers, readings.first(rule_.msrs.size()), kind_});
  }

 private:
  // The three below return false, so that a refusal is the answer.
  bool NotApplicable(const CpuSet& cpus, const Exemption& exemption) {
    for (const auto& [other, all] : exemptions_) {
      if (other == exemption) {
        all->Add(cpus);
        return false;
      }
    }
    exemptions_.emplace_back(exemption, findings_.AddExempt(cpus, InWords(exemption)));
    return false;
  }
  bool Unread(const CpuSet& cpus, const RegisterView& registers, const MsrDef& msr,
              AccessCode code) {
    findings_.AddUnread(cpus, fmt::format("{} was not read: {}.", msr.name, Describe(code)), code,
                        registers);
    return false;
  }
  // It is unknown whether the rule applies.
  bool Unknown(const CpuSet& cpus, const RegisterView& registers) {
    for (const MsrDef* const gate : rule_.gates) {
      if (gate->present(registers) == Presence::kUnknown) break;
      const MsrReading reading = registers.Msr(gate->address);
      if (!reading) return Unread(cpus, registers, *gate, reading.error());
    }
    findings_.AddUnread(cpus, "The CPUID leaves that say whether this applies were not read.",
                        WhyUnknown(registers), registers);
    return false;
  }

  Presence PresenceOf(std::size_t msr) const { return presence_[gate_of_[msr]]; }

  // Whether the CPUs, of which the presence of each MSR is known, lack those.
  std::optional<Exemption> WhyNotThere() const {
    bool any = rule_.msrs.size() == 0;
    for (std::size_t i = 0; i < rule_.msrs.size(); ++i) {
      if (PresenceOf(i) != Presence::kAbsent) {
        any = true;
      } else if (!rule_.leaves_out_absent) {
        return Exemption{Exemption::Why::kAbsent, rule_.msrs.begin()[i]};
      }
    }
    if (any) return std::nullopt;
    return Exemption{Exemption::Why::kAllAbsent};
  }

  bool IsToBeJudged(const CpuSet& cpus, const RegisterView& registers,
                    std::span<const MsrReading> readings) {
    if (!are_there_) {
      for (std::size_t i = 0; i < has_.size(); ++i) presence_[i] = has_[i].Of(registers);
      if (const auto exemption = WhyNotThere()) return NotApplicable(cpus, *exemption);
    }
    switch (applies_.Of(registers)) {
      case Presence::kAbsent:
        return NotApplicable(cpus, {Exemption::Why::kNotConcerned});
      case Presence::kUnknown:
        return Unknown(cpus, registers);
      case Presence::kPresent:
        break;
    }
    for (std::size_t i = 0; i < rule_.msrs.size(); ++i) {
      const MsrDef& msr = *rule_.msrs.begin()[i];
      const MsrReading& reading = readings[i];
      if (reading || PresenceOf(i) == Presence::kAbsent) continue;  // the latter is left out
      // A CPU that may not have it was not to be asked.
      if (PresenceOf(i) == Presence::kUnknown && reading.error() == AccessCode::kNotRecorded) {
        return Unknown(cpus, registers);
      }
      if (reading.error() == AccessCode::kGeneralProtection && rule_.fault_means_absent) {
        return NotApplicable(cpus, {Exemption::Why::kFaults, &msr});
      }
      return Unread(cpus, registers, msr, reading.error());
    }
    return true;
  }

  const Rule& rule_;
  const SnapshotRow& kind_;
  Findings& findings_;
  bool is_exempt_guest_;
  KindGate applies_;
  std::vector<KindGate> has_;
  std::vector<std::size_t> gate_of_;  // of each MSR the place of its gate in has_
  std::vector<Presence> presence_;    // what each gate of has_ says of the CPUs at hand
  bool are_there_ = false;            // CPUID says that each of these CPUs has the MSRs
  // What was said before, and of which CPUs.
  std::vector<std::pair<Exemption, CpuGathering*>> exemptions_;
};

}  // namespace

void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings,
                const std::function<void(const AlikeCpus& alike)>& visit) {
  std::optional<RowsOfRule> rows;
  for (std::size_t kind = 0; kind < input.kinds().size(); ++kind) {
    KindOfCpus cpus_of_kind(rule, input, input.kinds()[kind], findings);
    if (cpus_of_kind.AreExempt()) continue;
    if (!rows) rows.emplace(rule, input);
    rows->ForEachOfKind(kind, [&](const CpuSet& cpus, std::span<const MsrReading> readings) {
      cpus_of_kind.Look(cpus, rows->addresses(), readings, visit);
    });
  }
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
