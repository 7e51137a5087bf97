// Metrics for Prometheus, as a file that its node exporter reads: gauges, without time
// stamps. It is the text format, in which "# EOF" is a comment; in OpenMetrics it is the
// end. [openmetrics/1.0] "Text Format"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "finding_rows.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string EscapedLabel(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

enum class Metric : std::uint8_t { kInfo, kUsable, kExitStatus, kCpus, kRules, kRuleCpus };

struct Family {
  std::string_view name;
  std::string_view help;
};

// By Metric.
constexpr std::array kFamilies = {
    Family{"vtprobe_info", "What was judged, by what; always 1."},
    Family{"vtprobe_usable",
           "Whether hardware virtualization is usable on every CPU: 1 yes, 0 no; absent where "
           "that is not known."},
    Family{"vtprobe_exit_status",
           "What a check ends with: 0 usable and the profile is met, 1 not, 2 not known, 3 not "
           "offered, 65 and 66 a recording that can not be read."},
    Family{"vtprobe_cpus", "CPUs by the state of their hardware virtualization."},
    Family{"vtprobe_rules",
           "Rules by their worst outcome, and whether that counts in the exit status."},
    Family{"vtprobe_rule_cpus", "CPUs on which a rule fails or warns."}};

// Samples by family: those of one stand together.
class Samples {
 public:
  void Add(Metric metric, const Labels& labels, std::size_t value) {
    const Family& family = kFamilies.at(static_cast<std::size_t>(metric));
    std::string& text = texts_.at(static_cast<std::size_t>(metric));
    text += family.name;
    if (!labels.empty()) {
      std::vector<std::string> parts;
      for (const auto& [name, content] : labels) {
        parts.push_back(fmt::format("{}=\"{}\"", name, EscapedLabel(content)));
      }
      text += fmt::format("{{{}}}", fmt::join(parts, ","));
    }
    text += fmt::format(" {}\n", value);
  }

  std::string Text() const {
    std::string text;
    for (std::size_t i = 0; i < kFamilies.size(); ++i) {
      if (texts_.at(i).empty()) continue;
      text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{2}", kFamilies.at(i).name,
                          kFamilies.at(i).help, texts_.at(i));
    }
    return text + "# EOF\n";
  }

 private:
  std::array<std::string, kFamilies.size()> texts_;
};

Labels With(Labels labels, std::string_view name, std::string_view value) {
  labels.emplace_back(name, value);
  return labels;
}

// What a machine is called in all of its samples. Those of two machines have to differ, so
// that the second of one name, as it is shown, is "name#2".
class MachineNames {
 public:
  std::string Add(const std::string& file) {
    const std::string shown = Printable(file);
    std::string name = shown;
    while (!names_.insert(name).second) name = fmt::format("{}#{}", shown, ++counts_[shown] + 1);
    return name;
  }

 private:
  std::set<std::string> names_;
  std::map<std::string, std::size_t> counts_;
};

// Of which machine a sample is: nothing where it is this one.
Labels MachineOf(const std::optional<std::string>& file) {
  return file ? Labels{{"machine", *file}} : Labels();
}

void AddInfo(const Report& report, Labels labels, Samples* samples) {
  const Subject& subject = report.subject;
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) labels.emplace_back(name, *value);
  };
  add("version", report.tool_version);
  add("vendor", subject.vendor);
  add("codename", subject.codename);
  add("board", subject.board);
  add("firmware", subject.firmware_version);
  if (!subject.microcode.empty()) {
    add("microcode", fmt::format("{}", fmt::join(subject.microcode, ",")));
  }
  if (report.profile) add("profile", report.profile->name);
  samples->Add(Metric::kInfo, labels, 1);
}

void AddRules(const Report& report, const Labels& machine, Samples* samples) {
  std::map<std::pair<bool, Outcome>, std::size_t> rules;
  for (const bool counted : {true, false}) {
    for (const Outcome outcome : kByUrgency) {
      const std::size_t count = RulesThat(outcome, counted, report).size();
      if (count != 0) rules[{counted, outcome}] = count;
    }
  }
  for (const auto& [which, count] : rules) {
    samples->Add(Metric::kRules,
                 With(With(machine, "outcome", Name(which.second)), "counted",
                      which.first ? "true" : "false"),
                 count);
  }
  std::map<std::pair<std::string_view, Outcome>, CpuSet> cpus;
  for (const Finding& finding : report.findings) {
    if (finding.outcome != Outcome::kFail && finding.outcome != Outcome::kWarn) continue;
    CpuSet& all = cpus[{finding.rule, finding.outcome}];
    all = all.Union(finding.cpus);
  }
  for (const auto& [which, all] : cpus) {
    samples->Add(Metric::kRuleCpus,
                 With(With(machine, "rule", which.first), "outcome", Name(which.second)),
                 all.Count());
  }
}

void Add(const Report& report, const std::optional<std::string>& file, Samples* samples) {
  const Labels machine = MachineOf(file);
  AddInfo(report, machine, samples);
  const VirtualizationVerdict& verdict = report.virtualization;
  if (verdict.usable == Usable::kYes || verdict.usable == Usable::kNo ||
      verdict.usable == Usable::kNotYet) {
    samples->Add(Metric::kUsable, machine, verdict.usable == Usable::kYes ? 1 : 0);
  }
  samples->Add(Metric::kExitStatus, machine, static_cast<std::size_t>(report.exit_code));
  std::map<std::string_view, std::size_t> states;
  for (const VirtualizationGroup& group : verdict.groups) {
    states[Name(group.state)] += group.cpus.Count();
  }
  for (const auto& [state, count] : states) {
    samples->Add(Metric::kCpus, With(machine, "state", state), count);
  }
  AddRules(report, machine, samples);
}

}  // namespace

std::string RenderOpenmetrics(const Report& report, const RenderOptions&) {
  Samples samples;
  Add(report, report.subject.file, &samples);
  return samples.Text();
}

std::string RenderOpenmetricsSet(const ReportSet& set, const RenderOptions&) {
  Samples samples;
  MachineNames names;
  for (const auto& machine : set.machines) {
    if (const auto* const unread = std::get_if<UnreadRecording>(&machine)) {
      samples.Add(Metric::kExitStatus, MachineOf(names.Add(unread->file)),
                  static_cast<std::size_t>(unread->exit_code));
    } else {
      const Report& report = std::get<Report>(machine);
      Add(report, names.Add(report.subject.file.value_or("this machine")), &samples);
    }
  }
  return samples.Text();
}

}  // namespace vtprobe
