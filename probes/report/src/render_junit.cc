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
#include <variant>
#include <vector>

#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/rule_results.h"

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

// How many test cases there are, and how many of them went how.
struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;  // of a suite; Jenkins's schema has no place for that of all

  void Add(const Counts& more) {
    tests += more.tests;
    failures += more.failures;
    errors += more.errors;
  }
};

Counts Count(const std::vector<RuleResult>& results) {
  const auto count = [&](TestResult wanted) {
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(),
                      [&](const RuleResult& result) { return result.result == wanted; }));
  };
  return {results.size(), count(TestResult::kFailed), count(TestResult::kError),
          count(TestResult::kSkipped)};
}

void SetCounts(const Counts& counts, pugi::xml_node node) {
  Set(node, "tests", fmt::format("{}", counts.tests));
  Set(node, "failures", fmt::format("{}", counts.failures));
  Set(node, "errors", fmt::format("{}", counts.errors));
}

class Document {
 public:
  Document() {
    pugi::xml_node declaration = document_.append_child(pugi::node_declaration);
    Set(declaration, "version", "1.0");
    Set(declaration, "encoding", "UTF-8");
    suites_ = document_.append_child("testsuites");
    Set(suites_, "name", "vtprobe");
  }

  void Add(const Report& report) {
    const std::vector<RuleResult> results = RuleResults(report);
    const std::string machine = report.subject.file.value_or("this machine");
    pugi::xml_node suite = AddSuite(machine, Count(results));
    AddProperties(report, suite);
    for (const RuleResult& result : results) AddCase(result, machine, suite);
  }

  void Add(const UnreadRecording& unread) {
    pugi::xml_node suite = AddSuite(unread.file, {.tests = 1, .errors = 1});
    pugi::xml_node test = suite.append_child("testcase");
    Set(test, "classname", unread.file);
    Set(test, "name", kReadable);
    pugi::xml_node error = test.append_child("error");
    Set(error, "message", unread.why);
    Set(error, "type", WhyUnread(unread));
    AddText(error, Printable(unread.why));
  }

  std::string Text() {
    SetCounts(total_, suites_);
    std::ostringstream text;
    document_.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
    return text.str();
  }

 private:
  pugi::xml_node AddSuite(const std::string& machine, const Counts& counts) {
    pugi::xml_node suite = suites_.append_child("testsuite");
    Set(suite, "name", machine);
    SetCounts(counts, suite);
    Set(suite, "skipped", fmt::format("{}", counts.skipped));
    total_.Add(counts);
    return suite;
  }

  pugi::xml_document document_;
  pugi::xml_node suites_;
  Counts total_;
};

}  // namespace

std::string RenderJunit(const Report& report, const RenderOptions&) {
  Document document;
  document.Add(report);
  return document.Text();
}

// A suite for each machine.
std::string RenderJunitSet(const ReportSet& set, const RenderOptions&) {
  Document document;
  for (const auto& machine : set.machines) {
    std::visit([&](const auto& one) { document.Add(one); }, machine);
  }
  return document.Text();
}

}  // namespace vtprobe
