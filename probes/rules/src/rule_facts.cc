#include "vtprobe/probes/rule_facts.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "rules.h"

namespace vtprobe {
namespace {

struct Row {
  const Rule* rule;
  RuleFacts facts;
};

constexpr std::array kRows = {
#define VTPROBE_RULE(constant, subject, why, cost, others) \
  Row{&rules::constant, {RuleSubject::subject, why, cost, others}},
#define VTPROBE_PROFILE_RULE(constant, subject, why, cost, others) \
  VTPROBE_RULE(constant, subject, why, cost, others)
#define VTPROBE_PROOF_RULE(constant, subject, why, cost, others) \
  VTPROBE_RULE(constant, subject, why, cost, others)
#include "vtprobe/probes/rules.def"
#undef VTPROBE_PROOF_RULE
#undef VTPROBE_PROFILE_RULE
#undef VTPROBE_RULE
};

constexpr bool IsSentence(std::string_view text) {
  return text.size() > 1 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.';
}

static_assert(std::ranges::all_of(kRows,
                                  [](const Row& row) {
                                    return IsSentence(row.facts.why) && IsSentence(row.facts.cost);
                                  }),
              "a rule that does not say why it matters and what a failure costs");

struct SubjectName {
  std::string_view name;
  std::string_view heading;
};

SubjectName NamesOf(RuleSubject subject) {
  switch (subject) {
    case RuleSubject::kVirtualization:
      return {"virtualization", "Hardware virtualization"};
    case RuleSubject::kCpu:
      return {"cpu", "The CPU, its features and its microcode"};
    case RuleSubject::kMemory:
      return {"memory", "Memory types and the memory map"};
    case RuleSubject::kSmm:
      return {"smm", "System-management mode"};
    case RuleSubject::kLaunch:
      return {"launch", "Measured and verified launch"};
    case RuleSubject::kEnclaves:
      return {"enclaves", "Enclaves (SGX)"};
    case RuleSubject::kTrustDomains:
      return {"trust_domains", "Memory encryption and trust domains (TME, TDX)"};
    case RuleSubject::kSev:
      return {"sev", "Encrypted guests (SEV, SNP)"};
    case RuleSubject::kLocks:
      return {"locks", "What firmware locks"};
    case RuleSubject::kTimeAndErrors:
      return {"time_and_errors", "Clocks, interrupts and machine checks"};
    case RuleSubject::kHost:
      return {"host", "The host's system"};
    case RuleSubject::kSequence:
      return {"sequence", "From one recording to the next"};
    case RuleSubject::kProfile:
      return {"profile", "What a profile expects"};
  }
  return {};
}

}  // namespace

const RuleFacts& FactsOf(const Rule& rule) {
  const auto found = std::ranges::find(kRows, &rule, &Row::rule);
  if (found == kRows.end()) throw std::logic_error("not a rule of rules.def");
  return found->facts;
}

std::string_view Name(RuleSubject subject) { return NamesOf(subject).name; }
std::string_view Heading(RuleSubject subject) { return NamesOf(subject).heading; }

}  // namespace vtprobe
