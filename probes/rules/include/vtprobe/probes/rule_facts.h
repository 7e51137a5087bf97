// What a reader of a rule asks first: what it is about, why it matters, what a
// failure costs and who else looks. Written in the rule's row of rules.def.

#ifndef VTPROBE_PROBES_RULE_FACTS_H_
#define VTPROBE_PROBES_RULE_FACTS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "vtprobe/probes/rule.h"

namespace vtprobe {

// In the order in which a reader may look for one.
enum class RuleSubject : std::uint8_t {
  kVirtualization,
  kCpu,
  kMemory,
  kSmm,
  kLaunch,
  kEnclaves,
  kTrustDomains,
  kSev,
  kLocks,
  kTimeAndErrors,
  kHost,
  kSequence,
  kProfile,
};

inline constexpr std::array kAllRuleSubjects = {
    RuleSubject::kVirtualization, RuleSubject::kCpu,
    RuleSubject::kMemory,         RuleSubject::kSmm,
    RuleSubject::kLaunch,         RuleSubject::kEnclaves,
    RuleSubject::kTrustDomains,   RuleSubject::kSev,
    RuleSubject::kLocks,          RuleSubject::kTimeAndErrors,
    RuleSubject::kHost,           RuleSubject::kSequence,
    RuleSubject::kProfile};

struct RuleFacts {
  RuleSubject subject = RuleSubject::kVirtualization;
  std::string_view why;     // it matters: one sentence
  std::string_view cost;    // of a failure: one sentence
  std::string_view others;  // programs that check it, too; empty: none is known
};

// Of one of AllRules() or ProfileRules(), or of ProofRule().
const RuleFacts& FactsOf(const Rule& rule);

// As a program reads it, "trust_domains", and as a heading.
std::string_view Name(RuleSubject subject);
std::string_view Heading(RuleSubject subject);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_RULE_FACTS_H_
