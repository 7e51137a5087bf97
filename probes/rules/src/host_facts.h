// Rules about the host besides its registers: what its kernel and firmware said,
// as the snapshot's metadata keep it. Such a fact is the machine's, so a finding
// names all online CPUs.

#ifndef VTPROBE_PROBES_RULES_SRC_HOST_FACTS_H_
#define VTPROBE_PROBES_RULES_SRC_HOST_FACTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "findings.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {

class HostFacts {
 public:
  HostFacts(const Rule& rule, const RuleInput& input) : rule_(rule), input_(input) {}

  std::optional<std::string_view> Get(std::string_view key) const {
    return input_.snapshot.metadata().Get(key);
  }
  // Under the profile, of the rule's parameters.
  std::string_view Choice(std::string_view parameter) const;
  bool IsGuest() const;
  // Whether it is known that no CPU meets that.
  bool Lacks(const Requirement& requirement) const;

  // One finding, with the rule's remedy if it fails or warns.
  std::vector<Finding> Say(Outcome outcome, std::string message) const;
  // Nobody recorded the fact.
  std::vector<Finding> NotRecorded(std::string_view fact) const;

 private:
  const Rule& rule_;
  const RuleInput& input_;
};

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_HOST_FACTS_H_
