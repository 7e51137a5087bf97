// JUnit XML as Jenkins and GitLab read it: a test case for each rule. A rule
// that fails is a <failure>, one that could not be judged an <error>, if it
// counts; advice and what does not apply is <skipped>. What the machine is stands
// in <properties>.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "rule_results.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(Printable(value).c_str());
}

void AddProperty(pugi::xml_node properties, std::string_view name,
                 const std::optional<std::string>& value) {
  if (!value) return;
  pugi::xml_node property = properties.append_child("property");
  Set(property, "name", name);
  Set(property, "value", *value);
}

void AddProperties(const Report& report, pugi::xml_node suite) {
  const Subject& subject = report.subject;
  const VirtualizationVerdict& verdict = report.virtualization;
  pugi::xml_node properties = suite.append_child("properties");
  AddProperty(properties, "tool", "vtprobe " + report.tool_version);
  AddProperty(properties, "virtualization.state", std::string(Name(verdict.state)));
  AddProperty(properties, "virtualization.usable", std::string(Name(verdict.usable)));
  AddProperty(properties, "virtualization.attribution", std::string(Name(verdict.attribution)));
  AddProperty(properties, "exit_code", fmt::format("{}", report.exit_code));
  AddProperty(properties, "provenance", subject.provenance);
  AddProperty(properties, "stage", subject.stage);
  AddProperty(properties, "file", subject.file);
  AddProperty(properties, "source", subject.source);
  AddProperty(properties, "vendor", subject.vendor);
  AddProperty(properties, "model", subject.model);
  AddProperty(properties, "codename", subject.codename);
  AddProperty(properties, "microcode", fmt::format("{}", fmt::join(subject.microcode, ", ")));
  AddProperty(properties, "kernel", subject.kernel);
  AddProperty(properties, "firmware.vendor", subject.firmware_vendor);
  AddProperty(properties, "firmware.version", subject.firmware_version);
  AddProperty(properties, "firmware.date", subject.firmware_date);
  AddProperty(properties, "board", subject.board);
  AddProperty(properties, "hypervisor", subject.hypervisor);
  AddProperty(properties, "cpus_online", subject.cpus_online.ToString());
  AddProperty(properties, "cpus_offline", subject.cpus_offline.ToString());
}

std::string AllDetails(const RuleResult& result) {
  std::string text;
  for (const Finding* const finding : result.findings) text += Detail(*finding);
  return text;
}

void AddText(pugi::xml_node node, const std::string& text) { node.text().set(text.c_str()); }

void AddCase(const RuleResult& result, const std::string& machine, pugi::xml_node suite) {
  pugi::xml_node test = suite.append_child("testcase");
  Set(test, "classname", machine);
  Set(test, "name", result.rule);
  const Finding& worst = result.worst();
  const auto add = [&](const char* element, std::string_view type) {
    pugi::xml_node node = test.append_child(element);
    Set(node, "message", worst.message);
    Set(node, "type", type);
    AddText(node, AllDetails(result));
  };
  switch (result.result) {
    case TestResult::kFailed:
      add("failure", Name(worst.severity));
      return;
    case TestResult::kError:
      add("error", worst.unread ? Name(*worst.unread) : Name(worst.outcome));
      return;
    case TestResult::kSkipped:
      Set(test.append_child("skipped"), "message", WhySkipped(result));
      AddText(test.append_child("system-out"), AllDetails(result));
      return;
    case TestResult::kPassed:
      AddText(test.append_child("system-out"), AllDetails(result));
      return;
  }
}

}  // namespace

std::string RenderJunit(const Report& report, const RenderOptions&) {
  const std::vector<RuleResult> results = RuleResults(report);
  const auto count = [&](TestResult wanted) {
    return fmt::format("{}", std::count_if(results.begin(), results.end(), [&](const auto& result) {
                         return result.result == wanted;
                       }));
  };
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  Set(declaration, "version", "1.0");
  Set(declaration, "encoding", "UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  Set(suites, "name", "vtprobe");
  pugi::xml_node suite = suites.append_child("testsuite");
  const std::string machine = report.subject.file.value_or("this machine");
  Set(suite, "name", machine);
  for (pugi::xml_node node : {suites, suite}) {
    Set(node, "tests", fmt::format("{}", results.size()));
    Set(node, "failures", count(TestResult::kFailed));
    Set(node, "errors", count(TestResult::kError));
    Set(node, "skipped", count(TestResult::kSkipped));
  }
  AddProperties(report, suite);
  for (const RuleResult& result : results) AddCase(result, machine, suite);
  std::ostringstream text;
  document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
  return text.str();
}

}  // namespace vtprobe
