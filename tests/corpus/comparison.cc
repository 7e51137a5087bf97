#include "corpus/comparison.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "vtprobe/probes/identity.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/report/report.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::corpus {
namespace {

Report Judge(const Machine& machine) {
  return MakeReport(machine.snapshot, "", std::nullopt, nullptr, machine.earlier);
}

// Collects the lines "what: expected ..., found ...".
class Mismatches {
 public:
  void Compare(const std::string& what, std::string_view expected, std::string_view found) {
    if (expected == found) return;
    Add(what + ": expected " + std::string(expected) + ", found " + std::string(found));
  }
  void Add(std::string line) { lines_.push_back(std::move(line)); }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

std::string OrNone(const std::optional<std::string>& text) { return text.value_or("(none)"); }

std::string Line(std::string_view cpus, std::string_view what, std::string_view unread) {
  std::string line = "CPUs " + std::string(cpus) + " " + std::string(what);
  if (!unread.empty()) line += ", unread: " + std::string(unread);
  return line;
}

// Every line that only one side has, sorted so that pairs stand together.
void CompareLines(const std::string& what, std::vector<std::string> expected,
                  std::vector<std::string> found, Mismatches* report) {
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  std::vector<std::string> missing;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(missing));
  std::vector<std::string> extra;
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(extra));
  const std::string not_found = what + " expected, not found: ";
  for (const std::string& line : missing) report->Add(not_found + line);
  const std::string not_expected = what + " found, not expected: ";
  for (const std::string& line : extra) report->Add(not_expected + line);
}

void CompareGroups(const Expected& expected, const VirtualizationVerdict& verdict,
                   Mismatches* report) {
  std::vector<std::string> wanted;
  for (const ExpectedGroup& group : expected.groups) {
    wanted.push_back(Line(group.cpus.ToString(), group.state, group.unread.value_or("")));
  }
  std::vector<std::string> found;
  for (const VirtualizationGroup& group : verdict.groups) {
    found.push_back(Line(group.cpus.ToString(), Name(group.state),
                         group.unread ? Name(*group.unread) : std::string_view()));
  }
  CompareLines("group", std::move(wanted), std::move(found), report);

  for (const ExpectedGroup& group : expected.groups) {
    if (!group.attribution) continue;
    for (const VirtualizationGroup& candidate : verdict.groups) {
      if (candidate.cpus != group.cpus) continue;
      report->Compare("attribution of CPUs " + group.cpus.ToString(), *group.attribution,
                      Name(candidate.attribution));
    }
  }
}

// An expectation of "*" stands for all rules that are not named otherwise: a
// machine of which nothing can be read is no case of one rule more than of
// another.
constexpr std::string_view kAnyOtherRule = "*";

std::set<std::string> NamedRules(const Expected& expected) {
  std::set<std::string> named;
  for (const ExpectedFinding& finding : expected.findings) named.insert(finding.rule);
  return named;
}

void CompareFindings(const Expected& expected, const std::vector<Finding>& findings,
                     Mismatches* report) {
  std::vector<std::string> wanted;
  for (const ExpectedFinding& finding : expected.findings) {
    wanted.push_back(Line(finding.cpus.ToString(), finding.rule + " " + finding.outcome, ""));
  }
  const std::set<std::string> named = NamedRules(expected);
  std::set<std::string> found_by_others;
  std::vector<std::string> found;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::kPass || finding.outcome == Outcome::kNotApplicable) continue;
    // What a recording does not hold is no finding about the machine, unless
    // the machine's folder is about that.
    const std::string rule(finding.rule);
    if (finding.unread == AccessCode::kNotRecorded && !named.contains(rule)) continue;
    const auto line = [&](std::string_view name) {
      return Line(finding.cpus.ToString(),
                  std::string(name) + " " + std::string(Name(finding.outcome)), "");
    };
    const bool is_other = named.contains(std::string(kAnyOtherRule)) && !named.contains(rule);
    if (!is_other) {
      found.push_back(line(rule));
    } else if (found_by_others.insert(line(kAnyOtherRule)).second) {
      found.push_back(line(kAnyOtherRule));
    }
  }
  CompareLines("finding", std::move(wanted), std::move(found), report);
}

// That all findings of these rules, and there are some, have the outcome.
void CompareOutcomes(const std::vector<std::string>& rules, Outcome outcome,
                     const std::vector<Finding>& findings, Mismatches* report) {
  for (const std::string& rule : rules) {
    if (FindRule(rule) == nullptr) report->Add("there is no rule " + rule);
    for (const Finding& finding : findings) {
      if (finding.rule != rule || finding.outcome == outcome) continue;
      report->Add(rule + ": expected " + std::string(Name(outcome)) + ", found " +
                  std::string(Name(finding.outcome)) + " on CPUs " + finding.cpus.ToString() +
                  ": " + finding.message);
    }
  }
}

std::string Lowercase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string AllWords(const VirtualizationVerdict& verdict) {
  std::string words = Headline(verdict) + "\n" + Explanation(verdict) + "\n" + Remedy(verdict);
  for (const VirtualizationGroup& group : verdict.groups) words += "\n" + group.note;
  return words;
}

void CompareWords(const Expected& expected, const VirtualizationVerdict& verdict,
                  Mismatches* report) {
  const std::string words = Lowercase(AllWords(verdict));
  for (const std::string& word : expected.says) {
    if (words.find(Lowercase(word)) == std::string::npos) report->Add("never says: " + word);
  }
  for (const std::string& word : expected.never_says) {
    if (words.find(Lowercase(word)) != std::string::npos) report->Add("must not say: " + word);
  }
}

std::optional<std::string> HypervisorOf(const PlatformSnapshot& snapshot) {
  Selection leaves;
  leaves.Add(CpuidLeaf{0x1, 0});
  leaves.Add(CpuidLeaf{0x40000000, 0});
  const std::vector<SnapshotRow> rows = snapshot.Rows(leaves);
  return rows.empty() ? std::nullopt : HypervisorName(rows.front());
}

void Print(const Evidence& evidence, std::ostream& out) {
  out << "    " << evidence.register_name() << " (" << evidence.address() << ") ";
  if (evidence.value) {
    out << "= 0x" << std::hex << *evidence.value << std::dec << '\n';
  } else {
    out << "! " << Name(evidence.value.error()) << '\n';
  }
}

}  // namespace

std::vector<std::string> Differences(const Machine& machine) {
  const Expected& expected = machine.expected;
  const Report answer = Judge(machine);
  const VirtualizationVerdict& verdict = answer.virtualization;
  const std::vector<Finding>& findings = answer.findings;
  Mismatches report;
  report.Compare("state", expected.state, Name(verdict.state));
  report.Compare("usable", expected.usable, Name(verdict.usable));
  report.Compare("attribution", expected.attribution, Name(verdict.attribution));
  report.Compare("technology", expected.technology, Name(verdict.technology));
  report.Compare("exit code", std::to_string(expected.exit_code), std::to_string(answer.exit_code));
  CompareGroups(expected, verdict, &report);
  CompareFindings(expected, findings, &report);
  CompareOutcomes(expected.passes, Outcome::kPass, findings, &report);
  CompareOutcomes(expected.not_applicable, Outcome::kNotApplicable, findings, &report);
  CompareWords(expected, verdict, &report);
  report.Compare("hypervisor", OrNone(expected.hypervisor), OrNone(HypervisorOf(machine.snapshot)));
  return report.Take();
}

std::string WholeAnswer(const Machine& machine) {
  const Report answer = Judge(machine);
  const VirtualizationVerdict& verdict = answer.virtualization;
  const std::vector<Finding>& findings = answer.findings;
  std::ostringstream out;
  out << Headline(verdict) << '\n' << Explanation(verdict) << '\n' << Remedy(verdict) << '\n';
  for (const VirtualizationGroup& group : verdict.groups) {
    out << "  CPUs " << group.cpus.ToString() << ' ' << Name(group.state) << ", "
        << Name(group.attribution) << '\n';
    for (const Evidence& evidence : group.evidence) Print(evidence, out);
  }
  for (const Finding& finding : findings) {
    out << "  " << finding.rule << ' ' << Name(finding.outcome) << ": " << finding.message << '\n';
    for (const Evidence& evidence : finding.evidence) Print(evidence, out);
  }
  return out.str();
}

}  // namespace vtprobe::corpus
