// SARIF 2.1.0, which code-scanning services read: a result for each finding.
// [oasis/sarif] 3.27: `kind` says how the check went, and only a "fail" has a
// level other than "none". What does not count is advice and no higher than a note:
// services turn a change red that an "error" names.

#include <fmt/format.h>

#include <cctype>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "json_text.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/rule_results.h"

namespace vtprobe {
namespace {

std::string_view KindOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
    case Outcome::kWarn:
    case Outcome::kWaived:
      return "fail";
    case Outcome::kNotApplicable:
      return "notApplicable";
    case Outcome::kIndeterminate:
      return "open";
  }
  return "open";
}

std::string_view LevelOf(Outcome outcome, Severity severity) {
  if (KindOf(outcome) != "fail") return "none";
  if (outcome == Outcome::kWarn) return "warning";
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh:
      return "error";
    case Severity::kMedium:
      return "warning";
    case Severity::kLow:
    case Severity::kInfo:
      return "note";
  }
  return "none";
}

// A relative URI reference for a path. [ietf/rfc3986] 2.3, 4.2
std::string UriOf(std::string_view path) {
  constexpr std::string_view kUnreserved = "-._~/";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || kUnreserved.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", byte);
    }
  }
  return uri;
}

OrderedJson RuleJson(const Rule& rule) {
  OrderedJson json;
  json["id"] = rule.id;
  json["shortDescription"]["text"] = rule.title;
  const std::string help =
      rule.remedy.empty() ? std::string(rule.spec) : fmt::format("{} {}", rule.remedy, rule.spec);
  json["help"]["text"] = help;
  json["defaultConfiguration"]["level"] = LevelOf(Outcome::kFail, rule.severity);
  json["properties"]["spec"] = rule.spec;
  json["properties"]["severity"] = Name(rule.severity);
  return json;
}

OrderedJson LocationJson(const Finding& finding, const Subject& subject) {
  OrderedJson location;
  if (subject.file) {
    location["physicalLocation"]["artifactLocation"]["uri"] = UriOf(*subject.file);
  }
  OrderedJson logical;
  logical["name"] = finding.cpus.empty() ? "no CPU" : "CPUs " + finding.cpus.ToString();
  logical["kind"] = "resource";
  location["logicalLocations"] = OrderedJson::array({logical});
  return location;
}

OrderedJson ResultJson(const Finding& finding, std::size_t rule_index, const Subject& subject) {
  OrderedJson json;
  json["ruleId"] = finding.rule;
  json["ruleIndex"] = rule_index;
  json["kind"] = KindOf(finding.outcome);
  const std::string_view level = LevelOf(finding.outcome, finding.severity);
  json["level"] = finding.counted || level == "none" ? level : "note";
  json["message"]["text"] = Printable(finding.message);
  json["locations"] = OrderedJson::array({LocationJson(finding, subject)});
  if (finding.outcome == Outcome::kWaived) {
    OrderedJson suppression;
    suppression["kind"] = "external";
    suppression["justification"] = Printable(finding.message);
    json["suppressions"] = OrderedJson::array({suppression});
  }
  OrderedJson& properties = json["properties"];
  properties["outcome"] = Name(finding.outcome);
  properties["severity"] = Name(finding.severity);
  properties["cpus"] = finding.cpus.ToString();
  properties["evidence"] = OrderedJson::array();
  for (const std::string& line : EvidenceLines(finding)) properties["evidence"].push_back(line);
  properties["remedy"] = Printable(finding.remedy);
  return json;
}

// One run of the tool: rules as they come, and their results.
class Run {
 public:
  explicit Run(std::string_view tool_version) {
    driver_["name"] = "vtprobe";
    driver_["version"] = tool_version;
    driver_["rules"] = OrderedJson::array();
  }

  void Add(const Report& report) {
    for (const Finding& finding : report.findings) {
      const Rule* const rule = FindRule(finding.rule);
      const Rule unlisted{.id = finding.rule,
                          .title = finding.rule,
                          .spec = finding.spec,
                          .severity = finding.severity};
      const std::size_t index = IndexOf(rule != nullptr ? *rule : unlisted);
      results_.push_back(ResultJson(finding, index, report.subject));
    }
  }

  void Add(const UnreadRecording& unread) {
    const Rule rule{.id = kReadable,
                    .title = "The recording can be read",
                    .spec = {},
                    .severity = Severity::kCritical};
    OrderedJson json;
    json["ruleId"] = rule.id;
    json["ruleIndex"] = IndexOf(rule);
    json["kind"] = KindOf(Outcome::kFail);
    json["level"] = LevelOf(Outcome::kFail, rule.severity);
    json["message"]["text"] = Printable(unread.why);
    OrderedJson location;
    location["physicalLocation"]["artifactLocation"]["uri"] = UriOf(unread.file);
    json["locations"] = OrderedJson::array({location});
    json["properties"]["error"] = WhyUnread(unread);
    results_.push_back(std::move(json));
  }

  std::string Text(int exit_code) {
    OrderedJson invocation;
    invocation["executionSuccessful"] = true;
    invocation["exitCode"] = exit_code;
    OrderedJson run;
    run["tool"]["driver"] = std::move(driver_);
    run["invocations"] = OrderedJson::array({invocation});
    run["results"] = std::move(results_);
    run["columnKind"] = "unicodeCodePoints";
    OrderedJson document;
    document["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
    document["version"] = "2.1.0";
    document["runs"] = OrderedJson::array({run});
    return JsonText(document);
  }

 private:
  // Of the rule among those of the driver.
  std::size_t IndexOf(const Rule& rule) {
    const auto [found, is_new] = indexes_.try_emplace(std::string(rule.id), indexes_.size());
    if (is_new) driver_["rules"].push_back(RuleJson(rule));
    return found->second;
  }

  OrderedJson driver_;
  OrderedJson results_ = OrderedJson::array();
  std::map<std::string, std::size_t> indexes_;
};

}  // namespace

std::string RenderSarif(const Report& report, const RenderOptions&) {
  Run run(report.tool_version);
  run.Add(report);
  return run.Text(report.exit_code);
}

// One run: services that take a file with several want another category for each.
std::string RenderSarifSet(const ReportSet& set, const RenderOptions&) {
  Run run(set.tool_version);
  for (const auto& machine : set.machines) {
    std::visit([&](const auto& one) { run.Add(one); }, machine);
  }
  return run.Text(ExitCode(set));
}

}  // namespace vtprobe
