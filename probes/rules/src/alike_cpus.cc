#include "alike_cpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "deciding_msrs.h"
#include "precedents.h"
#include "rows_of_rule.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/probes/expectations.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {
namespace {

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
};

// What is missing or off, and whose business that is: an MSR is another rule's, and
// what a CPU does not offer is nobody's.
std::string Otherwise(const Rule& rule) {
  if (rule.depends_on.empty() || !rule.applies->LooksAtMsrs()) return std::string(rule.otherwise);
  return fmt::format("Depends on {}. {}", rule.depends_on, rule.otherwise);
}

std::string InWords(const Rule& rule, const Exemption& exemption) {
  switch (exemption.why) {
    case Exemption::Why::kGuest:
      return "This is a guest: what firmware set does not show here.";
    case Exemption::Why::kAbsent:
      return fmt::format("These CPUs have no {}.", exemption.msr->name);
    case Exemption::Why::kAllAbsent:
      return "These CPUs have none of the registers.";
    case Exemption::Why::kNotConcerned:
      return Otherwise(rule);
    case Exemption::Why::kFaults:
      return fmt::format("These CPUs have no {} that can be read here.", exemption.msr->name);
  }
  return {};
}

// Where an MSR stands among those that a rule declares.
std::size_t PlaceOf(MsrAddress address, std::span<const MsrAddress> addresses) {
  const auto found = std::find(addresses.begin(), addresses.end(), address);
  if (found == addresses.end()) {
    throw std::logic_error("the rule did not declare a register that it looks at");
  }
  return static_cast<std::size_t>(found - addresses.begin());
}

// Some CPUs of one kind as a rule sees them: the kind's feature registers, and
// what these CPUs gave for the MSRs that the rule declares.
class KindWithMsrs final : public RegisterView {
 public:
  KindWithMsrs(const SnapshotRow& kind, std::span<const MsrAddress> addresses,
               std::span<const MsrReading> readings)
      : kind_(kind), addresses_(addresses), readings_(readings) {}

  MsrReading Msr(MsrAddress address) const override {
    // One that says what else there is, is asked for again and again.
    if (addresses_[last_] != address) last_ = PlaceOf(address, addresses_);
    return readings_[last_];
  }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return kind_.Cpuid(leaf); }

 private:
  const SnapshotRow& kind_;
  std::span<const MsrAddress> addresses_;
  std::span<const MsrReading> readings_;  // of each address
  mutable std::size_t last_ = 0;
};

// Equal CPUs of which some have a register and some fault, of a rule for which
// a fault says that there is none: whether there is one is compared like a
// value.
class EqualCpus {
 public:
  EqualCpus(const Rule& rule, Findings* findings) : rule_(rule), findings_(*findings) {}

  // The CPUs that follow are of this kind.
  void OpenKind(const RegisterView& kind) { group_ = &groups_[OfOneSignature(kind)]; }
  void Read(const CpuSet& cpus) { group_->read.Add(cpus); }
  void Fault(const CpuSet& cpus, const MsrDef& msr, const RegisterView& registers) {
    group_->fault.Add(cpus);
    group_->msr = &msr;
    AddEvidence(registers, msr, &group_->evidence);
  }

  // Says of those that fault what there is to say.
  void Judge() {
    for (const auto& [twins, group] : groups_) {
      if (group.fault.empty()) continue;
      const CpuSet fault = group.fault.Together();
      if (group.read.empty() || !twins) {
        findings_.AddExempt(fault, InWords(rule_, {Exemption::Why::kFaults, group.msr}));
        continue;
      }
      const CpuSet read = group.read.Together();
      findings_.Add(OutsideLargest({read, fault}),
                    {Outcome::kFail, HasOnSome(group.msr->name, read, fault)}, group.evidence);
    }
  }

 private:
  struct Group {
    CpuGathering read;
    CpuGathering fault;
    const MsrDef* msr = nullptr;  // that faults
    std::vector<Evidence> evidence;
  };

  const Rule& rule_;
  Findings& findings_;
  std::map<std::optional<Twins>, Group> groups_;
  Group* group_ = nullptr;
};

// Of each address, the bits of MSRs that decide whether CPUs have those of the rule's
// MSRs that `matters`, and whether they are concerned.
std::vector<std::uint64_t> DecidingBits(const Rule& rule, std::span<const MsrAddress> addresses,
                                        const std::function<bool(std::size_t msr)>& matters) {
  std::vector<std::uint64_t> bits(addresses.size());
  std::vector<const MsrDef*> depended_on;
  const auto add = [&](const Requirement& requirement) {
    for (const Requirement::Node& node : requirement.nodes()) {
      if (node.kind != Requirement::Node::Kind::kMsr) continue;
      bits[PlaceOf(MsrAddress{node.at}, addresses)] |= node.mask();
    }
  };
  const auto add_with_others = [&](const Requirement& requirement) {
    add(requirement);
    registers::AddMsrsLookedAt(requirement, &depended_on);
  };
  if (rule.applies != nullptr) add_with_others(*rule.applies);
  for (std::size_t i = 0; i < rule.msrs.size(); ++i) {
    if (matters(i)) add_with_others(rule.msrs.begin()[i]->present->requirement);
  }
  for (const MsrDef* const msr : depended_on) add(msr->present->requirement);
  return bits;
}

// Finds the CPUs of one kind that a rule has to judge.
class KindOfCpus {
 public:
  KindOfCpus(const Rule& rule, const RuleInput& input, std::size_t kind, Unread unread,
             Findings* findings, EqualCpus* equals)
      : rule_(rule),
        kind_(input.kinds()[kind]),
        findings_(*findings),
        equals_(*equals),
        visits_unread_(unread == Unread::kVisited || rule.decides_unread),
        visits_parts_(unread == Unread::kInPart),
        snapshot_(input.snapshot),
        is_exempt_guest_(!rule.in_guests && input.rows().IsGuest(kind)),
        model_(input.rows().ModelOf(kind)) {
    if (rule.applies == nullptr) {
      applies_ = Presence::kPresent;
    } else if (!rule.applies->LooksAtMsrs()) {
      applies_ = registers::Meets(kind_, model_, *rule.applies);
    }
  }

  // Whether the rule applies to none of them, whatever their MSRs are. Then
  // that is said of all, and there is nothing to look at.
  bool AreExempt() {
    if (is_exempt_guest_) {
      Exempt(kind_.cpus(), {Exemption::Why::kGuest});
      return true;
    }
    bool is_decided = true;
    of_kind_.reserve(rule_.msrs.size());
    presence_.reserve(rule_.msrs.size());
    for (const MsrDef* const msr : rule_.msrs) {
      of_kind_.push_back(PresenceOfAll(*msr));
      presence_.push_back(of_kind_.back().value_or(Presence::kUnknown));
      is_decided = is_decided && of_kind_.back();
      if (is_decided && presence_.back() == Presence::kAbsent && !rule_.leaves_out_absent) {
        Exempt(kind_.cpus(), {Exemption::Why::kAbsent, msr});
        return true;
      }
    }
    if (!is_decided) return false;
    if (const auto exemption = WhyNotThere()) {
      Exempt(kind_.cpus(), *exemption);
      return true;
    }
    are_there_ = true;
    if (applies_ != Presence::kAbsent) return false;
    Exempt(kind_.cpus(), {Exemption::Why::kNotConcerned});
    return true;
  }

  // Has the CPUs, which gave those readings, thought of if they are to be judged; if
  // not, says why not.
  void Look(const CpuSet& cpus, std::span<const MsrAddress> addresses,
            std::span<const MsrReading> readings, const Thinker& thinker) {
    const KindWithMsrs registers(kind_, addresses, readings);
    if (const Decision* const precedent = precedents_.Find(readings)) {
      Follow(*precedent,
             {cpus, registers, readings.first(rule_.msrs.size()), precedent->presence, kind_},
             thinker);
      return;
    }
    Decision decision;
    decision.refusal = WhyNotJudged(cpus, registers, readings);
    // A CPU that is judged has what was read, whatever the bits say by which others
    // have it.
    const bool is_judged = !decision.refusal;
    std::vector<std::uint64_t> looked_at = DecidingBitsOf(addresses, readings, is_judged);
    if (is_judged) {
      if (rule_.fault_means_absent) equals_.Read(cpus);
      decision.presence = presence_;
      const Thought thought =
          thinker.think({cpus, registers, readings.first(rule_.msrs.size()), presence_, kind_});
      decision.thought = thought.number;
      for (const LookedAtBits& bits : thought.looked_at) {
        looked_at[PlaceOf(bits.msr, addresses)] |= bits.mask;
      }
    }
    precedents_.Add(readings, looked_at, std::move(decision));
  }

 private:
  // Why CPUs are not judged: what was said of them, or the MSR that they lack where
  // others of their kind have it.
  struct Refusal {
    Findings::Said* said = nullptr;
    const MsrDef* faults = nullptr;
  };
  struct Decision {
    std::optional<Refusal> refusal;
    // Of those that are judged: which of the rule's MSRs they have, and the thought.
    std::vector<Presence> presence;
    std::size_t thought = 0;
  };

  void Follow(const Decision& decision, const AlikeCpus& alike, const Thinker& thinker) {
    if (!decision.refusal) {
      if (rule_.fault_means_absent) equals_.Read(alike.cpus);
      thinker.think_the_same(decision.thought, alike);
    } else if (decision.refusal->faults != nullptr) {
      equals_.Fault(alike.cpus, *decision.refusal->faults, alike.registers);
    } else {
      findings_.AddMore(decision.refusal->said, alike.cpus, alike.registers);
    }
  }

  // Whether all CPUs of the kind have the MSR, or none; nothing where it may be
  // some, or where what they read of it decides.
  std::optional<Presence> PresenceOfAll(const MsrDef& msr) const {
    if (registers::IsAnotherMakers(model_, msr)) return Presence::kAbsent;
    const Requirement& requirement = msr.present->requirement;
    if (requirement.LooksAtMsrs()) return std::nullopt;
    const Presence presence = registers::Meets(kind_, model_, requirement);
    // What was read is there.
    if (presence != Presence::kPresent && snapshot_.IsRecorded(msr.address)) return std::nullopt;
    return presence;
  }

  // Whether that tells that the CPU has a register, which is none of another maker's.
  bool WasRead(const MsrReading& reading) const { return model_.vendor && reading.known() != 0; }

  Presence PresenceOf(std::size_t msr, const RegisterView& registers,
                      const MsrReading& reading) const {
    if (of_kind_[msr]) return *of_kind_[msr];
    if (WasRead(reading)) return Presence::kPresent;
    const MsrDef& def = *rule_.msrs.begin()[msr];
    if (registers::IsAnotherMakers(model_, def)) return Presence::kAbsent;
    return registers::Meets(registers, model_, def.present->requirement);
  }

  // DecidingBits() of CPUs that gave those readings: of those that gave values of the
  // same MSRs it is the same.
  const std::vector<std::uint64_t>& DecidingBitsOf(std::span<const MsrAddress> addresses,
                                                   std::span<const MsrReading> readings,
                                                   bool is_judged) {
    matters_.resize(rule_.msrs.size());
    for (std::size_t i = 0; i < matters_.size(); ++i) {
      matters_[i] = !is_judged || !WasRead(readings[i]);
    }
    if (deciding_.empty() || decided_for_ != matters_) {
      deciding_ = DecidingBits(rule_, addresses, [&](std::size_t msr) { return matters_[msr]; });
      decided_for_ = matters_;
    }
    return deciding_;
  }

  Refusal Exempt(const CpuSet& cpus, const Exemption& exemption) {
    return {findings_.AddExempt(cpus, InWords(rule_, exemption))};
  }
  Refusal NotReadOf(const CpuSet& cpus, const RegisterView& registers, const MsrDef& msr,
                    AccessCode code) {
    return {findings_.AddUnread(cpus, NotRead(msr.name, code), code, registers)};
  }
  Refusal KnownInPart(const CpuSet& cpus, const RegisterView& registers, const MsrDef& msr,
                      const MsrReading& reading) {
    return {findings_.AddUnread(cpus, NotKnown({{&msr, ~reading.known()}}), reading.error(),
                                registers)};
  }
  // It is unknown whether the rule applies.
  Refusal Unknown(const CpuSet& cpus, const RegisterView& registers) {
    for (const MsrDef* const msr : DecidingMsrs(rule_)) {
      const Presence presence = registers::PresenceOf(registers, model_, *msr);
      if (presence == Presence::kUnknown) break;
      const MsrReading reading = registers.Msr(msr->address);
      if (presence != Presence::kPresent || reading) continue;
      if (reading.IsPartial()) return KnownInPart(cpus, registers, *msr, reading);
      return NotReadOf(cpus, registers, *msr, reading.error());
    }
    return {findings_.AddUnread(cpus, kNotKnownToHave, WhyUnknown(registers), registers)};
  }

  // Whether the CPUs, of which the presence of each MSR is known, lack those.
  std::optional<Exemption> WhyNotThere() const {
    bool any = rule_.msrs.size() == 0;
    for (std::size_t i = 0; i < rule_.msrs.size(); ++i) {
      if (presence_[i] != Presence::kAbsent) {
        any = true;
      } else if (!rule_.leaves_out_absent) {
        return Exemption{Exemption::Why::kAbsent, rule_.msrs.begin()[i]};
      }
    }
    if (any) return std::nullopt;
    return Exemption{Exemption::Why::kAllAbsent};
  }

  // Nothing if they are to be judged. Decided by DecidingBits(), and by which bits of
  // each reading are known.
  std::optional<Refusal> WhyNotJudged(const CpuSet& cpus, const RegisterView& registers,
                                      std::span<const MsrReading> readings) {
    if (!are_there_) {
      for (std::size_t i = 0; i < presence_.size(); ++i) {
        presence_[i] = PresenceOf(i, registers, readings[i]);
      }
      if (const auto exemption = WhyNotThere()) return Exempt(cpus, *exemption);
    }
    switch (applies_ ? *applies_ : registers::Meets(registers, model_, *rule_.applies)) {
      case Presence::kAbsent:
        return Exempt(cpus, {Exemption::Why::kNotConcerned});
      case Presence::kUnknown:
        return Unknown(cpus, registers);
      case Presence::kPresent:
        break;
    }
    if (visits_unread_ && TellsAnything(readings)) return std::nullopt;
    for (std::size_t i = 0; i < rule_.msrs.size(); ++i) {
      const MsrDef& msr = *rule_.msrs.begin()[i];
      const MsrReading& reading = readings[i];
      if (reading || presence_[i] == Presence::kAbsent) continue;  // the latter is left out
      if (reading.IsPartial()) {
        if (visits_parts_) continue;
        return KnownInPart(cpus, registers, msr, reading);
      }
      // A CPU that may not have it was not to be asked.
      if (presence_[i] == Presence::kUnknown && reading.error() == AccessCode::kNotRecorded) {
        return Unknown(cpus, registers);
      }
      if (reading.error() == AccessCode::kGeneralProtection && rule_.fault_means_absent) {
        equals_.Fault(cpus, msr, registers);
        return Refusal{nullptr, &msr};
      }
      return NotReadOf(cpus, registers, msr, reading.error());
    }
    return std::nullopt;
  }

  // Whether one of the registers gave a value, or the answer that there is none.
  bool TellsAnything(std::span<const MsrReading> readings) const {
    for (std::size_t i = 0; i < rule_.msrs.size(); ++i) {
      if (presence_[i] == Presence::kAbsent) continue;
      if (readings[i].known() != 0) return true;
      if (readings[i].error() == AccessCode::kGeneralProtection) return true;
    }
    return false;
  }

  const Rule& rule_;
  const SnapshotRow& kind_;
  Findings& findings_;
  EqualCpus& equals_;
  bool visits_unread_;
  bool visits_parts_;
  const PlatformSnapshot& snapshot_;
  bool is_exempt_guest_;
  const registers::CpuModel& model_;
  std::optional<Presence> applies_;               // to all CPUs of the kind; nothing if MSRs decide
  std::vector<std::optional<Presence>> of_kind_;  // of each MSR, on the same terms
  std::vector<Presence> presence_;                // of each MSR, on the CPUs at hand
  bool are_there_ = false;                        // known of each of these CPUs, whatever they read
  Precedents<Decision> precedents_;
  std::vector<bool> matters_;
  std::vector<bool> decided_for_;
  std::vector<std::uint64_t> deciding_;
};

}  // namespace

void ForEachThought(const Rule& rule, const RuleInput& input, Findings* findings,
                    const Thinker& thinker, Unread unread) {
  std::optional<RowsOfRule> rows;
  EqualCpus equals(rule, findings);
  for (std::size_t kind = 0; kind < input.kinds().size(); ++kind) {
    KindOfCpus cpus_of_kind(rule, input, kind, unread, findings, &equals);
    if (cpus_of_kind.AreExempt()) continue;
    if (rule.fault_means_absent) equals.OpenKind(input.kinds()[kind]);
    if (!rows) rows.emplace(rule, input);
    rows->ForEachOfKind(kind, [&](const CpuSet& cpus, std::span<const MsrReading> readings) {
      cpus_of_kind.Look(cpus, rows->addresses(), readings, thinker);
    });
  }
  equals.Judge();
}

void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings,
                const std::function<void(const AlikeCpus& alike)>& visit, Unread unread) {
  const auto think = [&](const AlikeCpus& alike) {
    visit(alike);
    return Thought();
  };
  const auto think_the_same = [&](std::size_t, const AlikeCpus& alike) { visit(alike); };
  ForEachThought(rule, input, findings, {think, think_the_same}, unread);
}

std::string NotRead(std::string_view msr, AccessCode code) {
  return fmt::format("{} was not read: {}.", msr, Describe(code));
}

Opinion NotReadOf(const MsrDef& msr, AccessCode code) {
  return {Outcome::kIndeterminate, NotRead(msr.name, code), {}, {}, code};
}

std::string NotKnown(const std::vector<LackedBits>& lacked) {
  std::map<std::string_view, std::pair<const MsrDef*, std::uint64_t>> by_name;
  for (const auto& [msr, mask] : lacked) {
    auto& [definition, bits] = by_name[msr->name];
    definition = msr;
    bits |= mask;
  }
  std::string text;
  for (const auto& [name, lacking] : by_name) {
    const auto& [msr, bits] = lacking;
    std::vector<std::string_view> fields;
    for (const Field& field : msr->fields) {
      if ((field.mask() & bits) != 0) fields.push_back(field.name);
    }
    const std::string named = fields.empty() ? fmt::format("bits {:#x}", bits)
                                             : fmt::format("{}", fmt::join(fields, ", "));
    text += fmt::format("{}{} is known in part, without {}.", text.empty() ? "" : " ", name, named);
  }
  return text;
}

Opinion OnKnownBits(const CheckedCpu& cpu, Opinion opinion) {
  if (cpu.lacked().empty()) return opinion;
  return {Outcome::kIndeterminate, NotKnown(cpu.lacked()), {}, {}, AccessCode::kNotRecorded};
}

std::string HasOnSome(std::string_view msr, const CpuSet& read, const CpuSet& fault) {
  return fmt::format("{} is there on {} and faults on {}, which are equal CPUs.", msr,
                     read.ToString(), fault.ToString());
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
  std::vector<Findings::Said*> said;  // by the thought's number
  const auto think = [&](const AlikeCpus& alike) -> Thought {
    const CheckedCpu cpu(rule, alike.registers, settings);
    const Opinion opinion = OnKnownBits(cpu, rule.check(cpu));
    said.push_back(opinion.unread ? findings.AddUnread(alike.cpus, opinion.message, *opinion.unread,
                                                       alike.registers)
                                  : findings.Add(alike.cpus, opinion, alike.registers));
    return {said.size() - 1, cpu.looked_at()};
  };
  const auto think_the_same = [&](std::size_t number, const AlikeCpus& alike) {
    findings.AddMore(said[number], alike.cpus, alike.registers);
  };
  ForEachThought(rule, input, &findings, {think, think_the_same}, Unread::kInPart);
  return findings.Take();
}

}  // namespace vtprobe::rules
