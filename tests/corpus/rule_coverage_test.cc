// Every rule has been seen to pass, to complain, not to apply and to lack a
// register, on machines of this project: what was never seen to fail may not be
// able to.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "corpus/machine_folder.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::corpus {
namespace {

// What machines' folders expect of a rule.
struct Seen {
  bool passes = false;
  bool complains = false;
  bool not_applicable = false;
  bool unread = false;
};

// From the expectations, which another test compares with what is found.
std::map<std::string, Seen> Expectations() {
  std::map<std::string, Seen> seen;
  for (const std::string& folder : MachineFolders(ShippedDumps())) {
    const auto machine = LoadMachine(ShippedDumps(), folder);
    if (!machine) continue;  // the corpus test says why
    for (const std::string& rule : machine->expected.passes) seen[rule].passes = true;
    for (const std::string& rule : machine->expected.not_applicable) {
      seen[rule].not_applicable = true;
    }
    for (const ExpectedFinding& finding : machine->expected.findings) {
      Seen& of_rule = seen[finding.rule];
      if (finding.outcome == Name(Outcome::kIndeterminate)) {
        of_rule.unread = true;
      } else {
        of_rule.complains = true;
      }
    }
  }
  return seen;
}

TEST(RuleCoverage, EveryRuleHasBeenSeenInEveryOutcome) {
  const std::map<std::string, Seen> expectations = Expectations();
  for (const Rule* const rule : AllRules()) {
    const auto found = expectations.find(std::string(rule->id));
    const Seen seen = found == expectations.end() ? Seen() : found->second;
    EXPECT_TRUE(seen.passes) << rule->id << ": no machine's expected.toml has it under passes";
    EXPECT_TRUE(seen.complains) << rule->id << ": no machine has a finding of it that fails";
    EXPECT_TRUE(seen.not_applicable)
        << rule->id << ": no machine's expected.toml has it under not_applicable";
    EXPECT_TRUE(seen.unread) << rule->id << ": no machine has it indeterminate";
  }
}

TEST(RuleCoverage, ExpectationsNameRulesThatAre) {
  for (const auto& [id, seen] : Expectations()) {
    EXPECT_TRUE(id == "*" || FindRule(id) != nullptr) << id;
  }
}

}  // namespace
}  // namespace vtprobe::corpus
