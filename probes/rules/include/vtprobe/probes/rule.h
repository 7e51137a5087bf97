// A rule looks at a snapshot and says what it thinks of it. Each is one file
// in src/rules (those of one shape share one) and one row of rules.def.
//
// Most rules look at some MSRs of one CPU at a time. Such a rule declares the
// MSRs and gives `check`; whether a CPU has the registers, and what follows
// from one that could not be read, is then decided in one place for all rules.

#ifndef VTPROBE_PROBES_RULE_H_
#define VTPROBE_PROBES_RULE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/evidence.h"
#include "vtprobe/probes/setting.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

class Requirement;  // registers/requirement.h

enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };

inline constexpr std::array kAllSeverities = {Severity::kInfo, Severity::kLow, Severity::kMedium,
                                              Severity::kHigh, Severity::kCritical};

// kFail: an expectation is not met. kWarn: it is met, and something is odd all
// the same. kWaived: not met, and a profile says why that is accepted.
enum class Outcome : std::uint8_t { kPass, kFail, kWarn, kNotApplicable, kIndeterminate, kWaived };

std::string_view Name(Severity severity);
std::string_view Name(Outcome outcome);

struct Finding {
  std::string_view rule;  // the rule's id
  Outcome outcome = Outcome::kNotApplicable;
  Severity severity = Severity::kInfo;
  CpuSet cpus;
  std::string message;
  std::vector<Evidence> evidence;
  std::string_view spec;
  std::string remedy;  // empty where nothing needs doing
  // The rule whose failure on the same CPUs this follows from: it does not fail a
  // second time. Empty where there is none, or that one does not count.
  std::string_view follows{};
  // Why the outcome is kIndeterminate, where a register could not be read.
  std::optional<AccessCode> unread{};
  // Whether the exit status depends on it.
  bool counted = false;
};

struct Profile;

namespace rules {
class RowsByKind;
}

// What a rule may look at. The verdict stands in it so that a rule about it
// does not decide it a second time. Borrows what it is made from.
class RuleInput {
 public:
  // Without a profile every rule has its own defaults. `before` are earlier
  // recordings of the same machine, the earliest first.
  RuleInput(const PlatformSnapshot& machine, const VirtualizationVerdict& verdict,
            const Profile* chosen = nullptr, std::span<const PlatformSnapshot> before = {});
  ~RuleInput();
  RuleInput(const RuleInput&) = delete;
  RuleInput& operator=(const RuleInput&) = delete;

  const PlatformSnapshot& snapshot;
  const VirtualizationVerdict& virtualization;
  const Profile* const profile;
  const std::span<const PlatformSnapshot> earlier;

  // The online CPUs, grouped by what CPUID says of their kind; each row has all
  // of registers::FeatureRegisters().
  const std::vector<SnapshotRow>& kinds() const { return kinds_; }
  // The same CPUs by what they gave for all MSRs that rules look at.
  const rules::RowsByKind& rows() const { return *rows_; }

 private:
  const std::vector<SnapshotRow> kinds_;
  const std::unique_ptr<const rules::RowsByKind> rows_;
};

// The MSRs that a rule looks at. A literal type.
class MsrRefs {
 public:
  static constexpr std::size_t kCapacity = 40;

  constexpr MsrRefs() = default;
  // More than kCapacity do not compile.
  constexpr MsrRefs(std::initializer_list<const MsrDef*> msrs) {
    for (const MsrDef* const msr : msrs) msrs_.at(size_++) = msr;
  }

  constexpr const MsrDef* const* begin() const { return msrs_.data(); }
  constexpr const MsrDef* const* end() const { return msrs_.data() + size_; }
  constexpr std::size_t size() const { return size_; }

 private:
  std::array<const MsrDef*, kCapacity> msrs_{};
  std::size_t size_ = 0;
};

class CheckedCpu;

// What a rule thinks of one CPU.
struct Opinion {
  Outcome outcome = Outcome::kPass;
  std::string message{};  // of kPass: empty for the rule's title
  // What to do about it, where that is not the rule's remedy.
  std::string_view remedy{};
  // Of kFail: the rule that fails on this CPU for the same cause, if one does.
  std::string_view follows{};
  // Of kIndeterminate: why the register that decides was not read.
  std::optional<AccessCode> unread{};
};

// Bits of one of a rule's registers that it does not compare between CPUs.
struct LeftOut {
  const MsrDef* msr = nullptr;
  std::uint64_t mask = 0;
  std::string_view reason;
  std::string_view spec;
  // Between machines they are compared all the same: another rule judges them, or firmware
  // sets them for a whole machine although a system may for single CPUs.
  bool marks_a_machine = false;
};

// Bits of CPUID that a rule does not compare between CPUs, in the order in which rows of
// them are written.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct LeftOutCpuid {
  std::uint32_t first = 0;  // leaves, of each all subleaves
  std::uint32_t last = 0;
  CpuidRegisterMask outputs = kAllCpuidRegisters;
  std::uint32_t mask = ~0u;
  std::string_view reason;
  std::string_view spec;
  // Only where CPUs differ in these bits of an MSR, which another rule judges.
  const MsrDef* follows = nullptr;
  std::uint64_t switches = 0;
  bool marks_a_machine = false;  // as LeftOut::marks_a_machine
};

struct Rule {
  std::string_view id;     // "intel.smrr.valid"
  std::string_view title;  // what holds when it passes
  std::string_view spec;
  Severity severity = Severity::kInfo;
  std::string_view remedy{};  // what to do about a failure, where that is always the same
  MsrRefs msrs{};
  // MSRs that it also looks at where they were read, and does without.
  MsrRefs also{};
  // An MSR that a CPU lacks is left out; without this the rule does not apply
  // to that CPU.
  bool leaves_out_absent = false;
  // What a profile may set.
  std::span<const Parameter> parameters{};
  // Whether it says something of a guest: firmware's doing does not show there.
  bool in_guests = false;
  // Whether a #GP on one of the MSRs says that the CPU does not have it, where
  // CPUID can't.
  bool fault_means_absent = false;
  // Whether it is asked about CPUs of which not every MSR was read, too: what
  // was read may decide.
  bool decides_unread = false;
  // Of one that compares CPUs: the bits that may differ.
  std::span<const LeftOut> left_out{};
  std::span<const LeftOutCpuid> left_out_cpuid{};
  // The rule whose switch has to be on for this one to say anything; none: empty.
  std::string_view depends_on{};
  // What is said of CPUs that have the MSRs and that it does not concern: what is
  // missing or switched off, as a sentence.
  std::string_view otherwise{};
  // Whether it concerns a CPU that has the MSRs; null: it does. A rule with it has
  // `otherwise`.
  const Requirement* applies = nullptr;
  // Called for CPUs of which every MSR was read, or any if it decides_unread; read
  // in part will do where the bits that it asks for are known.
  Opinion (*check)(const CheckedCpu& cpu) = nullptr;
  // What it reads besides the feature registers, `msrs`, `also`, and what those
  // and `applies` depend on.
  void (*reads)(Selection* selection) = nullptr;
  // At least one finding; several where groups of CPUs fare differently. Null:
  // `check` for each CPU.
  std::vector<Finding> (*judge)(const Rule& rule, const RuleInput& input) = nullptr;
};

// Bits of a register that a rule asked for and that are not known.
struct LackedBits {
  const MsrDef* msr = nullptr;
  std::uint64_t mask = 0;
};

// Bits of a register by which a rule decided.
struct LookedAtBits {
  MsrAddress msr{};
  std::uint64_t mask = 0;
};

// What a rule asked of one CPU.
struct Questions {
  std::vector<LackedBits> lacked;
  std::vector<LookedAtBits> looked_at;
};

// An MSR as a rule asks for its bits. One that is not known reads 0, and that it was
// asked for is kept: what is thought on that ground is not said.
class AskedBits {
 public:
  // `questions` outlives it.
  AskedBits(const MsrDef& msr, const RegisterReading& reading, Questions* questions)
      : msr_(&msr), reading_(reading), questions_(questions) {}

  std::uint64_t operator&(std::uint64_t mask) const {
    questions_->looked_at.push_back({msr_->address, mask});
    if (!reading_.Knows(mask)) questions_->lacked.push_back({msr_, mask & ~reading_.known()});
    return reading_.known_bits() & mask;
  }
  // All of them, for who needs the value.
  operator std::uint64_t() const { return *this & ~std::uint64_t{0}; }  // NOLINT

 private:
  const MsrDef* msr_;
  RegisterReading reading_;
  Questions* questions_;
};

// One CPU as a rule's `check` sees it: what the rule declared, and what a
// profile set.
class CheckedCpu {
 public:
  CheckedCpu(const Rule& rule, const RegisterView& registers, const Settings& settings)
      : rule_(rule), registers_(registers), watched_(registers, &questions_), settings_(settings) {}
  CheckedCpu(const CheckedCpu&) = delete;
  CheckedCpu& operator=(const CheckedCpu&) = delete;

  // One of the rule's MSRs.
  AskedBits operator[](const MsrDef& msr) const;
  // The same of a rule that decides_unread: the MSR, or why nothing of it is known.
  tl::expected<AskedBits, AccessCode> Reading(const MsrDef& msr) const;
  // One of them that a CPU may lack; nothing if this CPU does.
  std::optional<AskedBits> Optional(const MsrDef& msr) const;
  const RegisterView& registers() const { return watched_; }
  // What was asked for so far and is not known. If there is any, nothing follows
  // from what was asked.
  const std::vector<LackedBits>& lacked() const { return questions_.lacked; }
  // What was asked for so far, known or not, of each MSR: CPUs of one kind that gave
  // the same of all that are told the same.
  const std::vector<LookedAtBits>& looked_at() const { return questions_.looked_at; }

  // One of the rule's parameters: what the profile set, or its default.
  std::string_view Choice(std::string_view parameter) const;
  std::optional<std::uint64_t> Number(std::string_view parameter) const;
  // Null if the profile set none.
  const RevisionFloors* Floors(std::string_view parameter) const;

 private:
  // Who looks at a reading as it stands looks at all bits.
  class Watched final : public RegisterView {
   public:
    Watched(const RegisterView& registers, Questions* questions)
        : registers_(registers), questions_(*questions) {}

    MsrReading Msr(MsrAddress address) const override {
      questions_.looked_at.push_back({address, ~std::uint64_t{0}});
      return registers_.Msr(address);
    }
    CpuidReading Cpuid(CpuidLeaf leaf) const override { return registers_.Cpuid(leaf); }

   private:
    const RegisterView& registers_;
    Questions& questions_;
  };

  const Rule& rule_;
  const RegisterView& registers_;
  mutable Questions questions_;  // asking changes nothing else
  Watched watched_;
  const Settings& settings_;
};

// Every rule that any machine is judged by, in the order of rules.def.
std::span<const Rule* const> AllRules();

// The rules about what a profile expects of its own, which it counts.
std::span<const Rule* const> ProfileRules();

// The rule about guests that were run: whoever has a proof of them judges it, and a
// machine without one is not asked. JudgeRules() does not know it.
const Rule& ProofRule();

// AllRules() and ProofRule(), in the order of the table: those that references explain.
std::span<const Rule* const> ExplainedRules();

// Any of all these. Null for an id that is none.
const Rule* FindRule(std::string_view id);

// What one rule finds, as its profile counts it.
std::vector<Finding> JudgeRule(const Rule& rule, const RuleInput& input);

// Every rule's findings, in the order of AllRules().
std::vector<Finding> JudgeRules(const RuleInput& input);

// What one rule looks at, and what the verdict and all rules look at.
Selection RegistersOf(const Rule& rule);
Selection JudgedRegisters();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_RULE_H_
