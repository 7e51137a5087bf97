// SARIF 2.1.0, which code-scanning services read: a result for each finding.
// [oasis/sarif] 3.27: `kind` says how the check went, and only a "fail" has a
// level other than "none".

#include <fmt/format.h>

#include <cctype>
#include <string>

#include "json_text.h"
#include "rule_results.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

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
  json["level"] = LevelOf(finding.outcome, finding.severity);
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

}  // namespace

std::string RenderSarif(const Report& report, const RenderOptions&) {
  OrderedJson driver;
  driver["name"] = "vtprobe";
  driver["version"] = report.tool_version;
  driver["rules"] = OrderedJson::array();
  OrderedJson results = OrderedJson::array();
  for (const Finding& finding : report.findings) {
    OrderedJson& rules = driver["rules"];
    if (rules.empty() || rules.back()["id"] != finding.rule) {
      const Rule* const rule = FindRule(finding.rule);
      const Rule unlisted{.id = finding.rule,
                          .title = finding.rule,
                          .spec = finding.spec,
                          .severity = finding.severity};
      rules.push_back(RuleJson(rule != nullptr ? *rule : unlisted));
    }
    results.push_back(ResultJson(finding, rules.size() - 1, report.subject));
  }
  OrderedJson invocation;
  invocation["executionSuccessful"] = true;
  invocation["exitCode"] = report.exit_code;

  OrderedJson run;
  run["tool"]["driver"] = std::move(driver);
  run["invocations"] = OrderedJson::array({invocation});
  run["results"] = std::move(results);
  run["columnKind"] = "unicodeCodePoints";
  OrderedJson document;
  document["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  document["version"] = "2.1.0";
  document["runs"] = OrderedJson::array({run});
  return JsonText(document);
}

}  // namespace vtprobe
