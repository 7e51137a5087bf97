// What all rules about MSRs of single CPUs have in common: whether a CPU has
// the registers, whether they were read, and which CPUs are alike.
//
// On a machine no two CPUs of which are alike, this is done for each CPU and
// each rule. So what CPUID decides is decided once for all CPUs of a kind, and what
// is thought of a CPU holds for all that gave the same of what was looked at.

#ifndef VTPROBE_PROBES_RULES_SRC_ALIKE_CPUS_H_
#define VTPROBE_PROBES_RULES_SRC_ALIKE_CPUS_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// CPUs of one kind that gave the same readings of a rule's MSRs. Others may have
// given the same: those on which registers of other rules differ.
struct AlikeCpus {
  const CpuSet& cpus;
  const RegisterView& registers;
  // Of the rule's MSRs, in their order.
  std::span<const MsrReading> readings;
  // Whether the CPUs have them; one that they lack is left out.
  std::span<const Presence> presence;
  // One of RuleInput::kinds(). It has no MSRs.
  const RegisterView& kind;
};

// What becomes of CPUs of which not all of a rule's MSRs were read.
enum class Unread : std::uint8_t {
  kSaid,     // it is said of them
  kInPart,   // they are looked at if of each some bits are known, else it is said
  kVisited,  // they are looked at if any was read, or said to be absent by a #GP
};

// What was thought of CPUs.
struct Thought {
  std::size_t number = 0;  // by which who thought of it knows it
  std::vector<LookedAtBits> looked_at{};
};

// Thinks of CPUs, and then of others on which all is the same that was looked at.
struct Thinker {
  std::function<Thought(const AlikeCpus& alike)> think;
  std::function<void(std::size_t number, const AlikeCpus& alike)> think_the_same;
};

// Has `thinker` think of all CPUs that have the rule's registers and of which they
// were read, one kind after the other. What there is to say of the others goes into
// `findings`.
void ForEachThought(const Rule& rule, const RuleInput& input, Findings* findings,
                    const Thinker& thinker, Unread unread);

// Calls `visit` for all CPUs that have the rule's registers and of which they were
// read, one kind after the other. What there is to say of the others goes into
// `findings`.
void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings,
                const std::function<void(const AlikeCpus& alike)>& visit,
                Unread unread = Unread::kSaid);

// What is said of CPUs that gave no value for a register, and of those of which
// CPUID does not tell whether they have it.
std::string NotRead(std::string_view msr, AccessCode code);
// The same as what a check thinks of such a CPU.
Opinion NotReadOf(const MsrDef& msr, AccessCode code);
// Of CPUs that gave some bits of a register: which of them a rule lacks.
std::string NotKnown(const std::vector<LackedBits>& lacked);
// The opinion, unless it was formed with bits that are not known: then that they are
// not.
Opinion OnKnownBits(const CheckedCpu& cpu, Opinion opinion);
// Of equal CPUs of which some have the register.
std::string HasOnSome(std::string_view msr, const CpuSet& read, const CpuSet& fault);
inline constexpr std::string_view kNotKnownToHave =
    "The CPUID leaves that say whether this applies were not read.";

// The rule's settings: the profile's, or none.
const Settings& SettingsOf(const Rule& rule, const RuleInput& input);

// `rule.check` for each CPU.
std::vector<Finding> JudgeEachCpu(const Rule& rule, const RuleInput& input);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_ALIKE_CPUS_H_
