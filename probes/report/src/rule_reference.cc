#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "json_text.h"
#include "markdown.h"
#include "text_layout.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule_facts.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/report/reference.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {
namespace {

std::string_view KindName(Parameter::Kind kind) {
  switch (kind) {
    case Parameter::Kind::kChoice:
      return "choice";
    case Parameter::Kind::kNumber:
      return "number";
    case Parameter::Kind::kFloors:
      return "floors";
  }
  return {};
}

// The MSRs that it looks at, ascending by address.
std::vector<const MsrDef*> MsrsOf(const Rule& rule) {
  std::vector<const MsrDef*> msrs;
  const Selection selection = RegistersOf(rule);
  for (const MsrDef* const msr : registers::AllMsrs()) {
    if (std::find(selection.msrs.begin(), selection.msrs.end(), msr->address) !=
        selection.msrs.end()) {
      msrs.push_back(msr);
    }
  }
  return msrs;
}

// The shipped profiles that count it.
std::vector<std::string_view> ProfilesWith(const Rule& rule) {
  // No shipped profile has a waiver.
  constexpr std::string_view kAnyDay = "2000-01-01";
  std::vector<std::string_view> names;
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    const auto profile = ParseProfile(shipped.text, kAnyDay);
    if (profile && profile->Find(rule.id) != nullptr) names.push_back(shipped.name);
  }
  return names;
}

// "any (the default), on or off"
std::string Values(const Parameter& parameter) {
  if (parameter.kind == Parameter::Kind::kNumber) return "a number";
  if (parameter.kind == Parameter::Kind::kFloors) return "revisions by CPU signature";
  std::string text;
  for (std::size_t i = 0; i < parameter.choices.size(); ++i) {
    if (i != 0) text += i + 1 == parameter.choices.size() ? " or " : ", ";
    text += parameter.choices[i];
    if (i == 0) text += " (the default)";
  }
  return text;
}

std::string Table(std::span<const Rule* const> rules) {
  std::size_t id_width = 0;
  std::size_t severity_width = 0;
  for (const Rule* const rule : rules) {
    id_width = std::max(id_width, rule->id.size());
    severity_width = std::max(severity_width, Name(rule->severity).size());
  }
  std::string text;
  for (const Rule* const rule : rules) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", rule->id, id_width, Name(rule->severity),
                        severity_width, rule->title);
  }
  return text;
}

// "IA32_MISC_ENABLE.TURBO_MODE_DISABLE: why ([source])"
std::string LeftOutText(const LeftOut& left_out) {
  std::vector<std::string> names;
  for (const Field& field : left_out.msr->fields) {
    if ((left_out.mask & field.mask()) == field.mask()) names.emplace_back(field.name);
  }
  const bool has_more = (left_out.mask & ~left_out.msr->fields.mask()) != 0;
  if (has_more) names.emplace_back(names.empty() ? "undefined bits" : "and undefined bits");
  return fmt::format("{} {}: {} ({})", left_out.msr->name, fmt::join(names, ", "), left_out.reason,
                     left_out.spec);
}

// "CPUID.06H:EDX bits 0xffff0000: why ([source])"
std::string LeftOutText(const LeftOutCpuid& left_out) {
  std::string text = fmt::format("CPUID.{:02X}H", left_out.first);
  if (left_out.last != left_out.first) text += fmt::format(" to {:02X}H", left_out.last);
  if (left_out.outputs != kAllCpuidRegisters) {
    std::vector<std::string_view> outputs;
    constexpr std::array<std::string_view, 4> kNames = {"EAX", "EBX", "ECX", "EDX"};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if ((left_out.outputs >> i & 1) != 0) outputs.push_back(kNames.at(i));
    }
    text += fmt::format(":{}", fmt::join(outputs, ","));
  }
  if (left_out.mask != ~0u) text += fmt::format(" bits {:#x}", left_out.mask);
  if (left_out.follows != nullptr) {
    text += fmt::format(" where {} differs in {:#x}", left_out.follows->name, left_out.switches);
  }
  return fmt::format("{}: {} ({})", text, left_out.reason, left_out.spec);
}

// What a profile writes to count it, with each parameter as it may be set; nothing where
// none can.
std::vector<std::string> TomlOf(const Rule& rule) {
  if (&rule == &ProofRule()) return {};
  std::vector<std::string> lines = {fmt::format("[rules.\"{}\"]", rule.id)};
  for (const Parameter& parameter : rule.parameters) {
    switch (parameter.kind) {
      case Parameter::Kind::kChoice:
        lines.push_back(fmt::format("{} = \"{}\"", parameter.name, parameter.choices.back()));
        break;
      case Parameter::Kind::kNumber:
        lines.push_back(fmt::format("{} = 1", parameter.name));
        break;
      case Parameter::Kind::kFloors:
        lines.push_back(fmt::format("{} = {{ 0x506e3 = 0xf0 }}", parameter.name));
        break;
    }
  }
  return lines;
}

// Who else checks it.
std::string_view Others(const RuleFacts& facts) {
  return facts.others.empty() ? "nobody that we know of" : facts.others;
}

std::string Explanation(const Rule& rule, const RenderOptions& style) {
  const RuleFacts& facts = FactsOf(rule);
  std::vector<TextRow> rows = {{}};
  rows.push_back(Prose("subject", Heading(facts.subject)));
  rows.push_back(Prose("why", facts.why));
  rows.push_back(Prose("a failure", facts.cost));
  rows.push_back(Prose("checked by", Others(facts)));
  rows.push_back(Prose("severity", Name(rule.severity)));
  rows.push_back(Prose("spec", rule.spec));
  std::string_view label = "reads";
  for (const MsrDef* const msr : MsrsOf(rule)) {
    rows.push_back(
        Prose(std::string(label), fmt::format("{}: {}", InfoOf(*msr).Title(), msr->title)));
    label = "";
  }
  if (!rule.in_guests && rule.judge == nullptr) {
    rows.push_back(Prose("guests",
                         "It does not apply to guests: what firmware set does not show "
                         "there."));
  }
  label = "left out";
  for (const LeftOut& left_out : rule.left_out) {
    rows.push_back(Prose(std::string(label), LeftOutText(left_out)));
    label = "";
  }
  for (const LeftOutCpuid& left_out : rule.left_out_cpuid) {
    rows.push_back(Prose(std::string(label), LeftOutText(left_out)));
    label = "";
  }
  if (!rule.depends_on.empty()) rows.push_back(Prose("depends on", rule.depends_on));
  label = "parameters";
  for (const Parameter& parameter : rule.parameters) {
    rows.push_back(Prose(std::string(label), fmt::format("{}: {}; {}", parameter.name,
                                                         parameter.meaning, Values(parameter))));
    label = "";
  }
  const std::vector<std::string_view> profiles = ProfilesWith(rule);
  if (!profiles.empty()) rows.push_back(Prose("profiles", Enumerate(profiles)));
  label = "in a profile";
  for (std::string& line : TomlOf(rule)) {
    rows.push_back({std::string(label), {}, {std::move(line)}});
    label = "";
  }
  if (!rule.remedy.empty()) rows.push_back(Prose("to fix", rule.remedy));
  return fmt::format("{}\n{}.\n", rule.id, rule.title) + LayOut(std::move(rows), style);
}

OrderedJson ParameterJson(const Parameter& parameter) {
  OrderedJson json;
  json["name"] = parameter.name;
  json["kind"] = KindName(parameter.kind);
  json["meaning"] = parameter.meaning;
  json["choices"] = OrderedJson::array();
  for (const std::string_view choice : parameter.choices) json["choices"].push_back(choice);
  return json;
}

OrderedJson RuleJson(const Rule& rule) {
  OrderedJson json;
  json["id"] = rule.id;
  json["title"] = rule.title;
  json["severity"] = Name(rule.severity);
  json["spec"] = rule.spec;
  json["remedy"] = rule.remedy;
  const RuleFacts& facts = FactsOf(rule);
  json["subject"] = Name(facts.subject);
  json["why"] = facts.why;
  json["cost"] = facts.cost;
  json["checked_by"] = facts.others;
  json["registers"] = OrderedJson::array();
  for (const MsrDef* const msr : MsrsOf(rule)) json["registers"].push_back(msr->name);
  json["left_out"] = OrderedJson::array();
  for (const LeftOut& left_out : rule.left_out) {
    OrderedJson bits;
    bits["register"] = left_out.msr->name;
    bits["mask"] = fmt::format("{:#x}", left_out.mask);
    bits["reason"] = left_out.reason;
    bits["spec"] = left_out.spec;
    json["left_out"].push_back(std::move(bits));
  }
  json["depends_on"] = rule.depends_on;
  json["parameters"] = OrderedJson::array();
  for (const Parameter& parameter : rule.parameters) {
    json["parameters"].push_back(ParameterJson(parameter));
  }
  json["profiles"] = OrderedJson::array();
  for (const std::string_view name : ProfilesWith(rule)) json["profiles"].push_back(name);
  return json;
}

std::string Section(const Rule& rule) {
  const RuleFacts& facts = FactsOf(rule);
  std::string text =
      fmt::format("\n### {}\n\n{}.\n\n{}\n\n", rule.id, Markdown(rule.title), Markdown(facts.why));
  text += fmt::format("- A failure: {}\n", Markdown(facts.cost));
  text += fmt::format("- Also checked by: {}\n", Markdown(Others(facts)));
  text += fmt::format("- Severity: {}\n- Source: {}\n", Name(rule.severity), Markdown(rule.spec));
  std::vector<std::string> msrs;
  for (const MsrDef* const msr : MsrsOf(rule)) msrs.push_back(InfoOf(*msr).Title());
  if (!msrs.empty()) text += fmt::format("- Reads: {}\n", fmt::join(msrs, ", "));
  for (const LeftOut& left_out : rule.left_out) {
    text += fmt::format("- Leaves out: {}\n", Markdown(LeftOutText(left_out)));
  }
  for (const LeftOutCpuid& left_out : rule.left_out_cpuid) {
    text += fmt::format("- Leaves out: {}\n", Markdown(LeftOutText(left_out)));
  }
  if (!rule.depends_on.empty()) text += fmt::format("- Depends on: {}\n", rule.depends_on);
  for (const Parameter& parameter : rule.parameters) {
    text += fmt::format("- Parameter `{}`: {}; {}\n", parameter.name, Markdown(parameter.meaning),
                        Values(parameter));
  }
  const std::vector<std::string_view> profiles = ProfilesWith(rule);
  if (!profiles.empty()) text += fmt::format("- Counts in: {}\n", Enumerate(profiles));
  if (!rule.remedy.empty()) text += fmt::format("- To fix: {}\n", Markdown(rule.remedy));
  return text;
}

// The rules of one subject, under its heading; nothing if there are none.
std::string Chapter(RuleSubject subject, std::span<const Rule* const> rules) {
  std::string text;
  for (const Rule* const rule : rules) {
    if (FactsOf(*rule).subject == subject) text += Section(*rule);
  }
  return text.empty() ? text : fmt::format("\n## {}\n{}", Heading(subject), text);
}

}  // namespace

std::optional<ReferenceFormat> FindReferenceFormat(std::string_view name) {
  const auto* const found = std::find(kReferenceFormats.begin(), kReferenceFormats.end(), name);
  if (found == kReferenceFormats.end()) return std::nullopt;
  return static_cast<ReferenceFormat>(found - kReferenceFormats.begin());
}

std::string RenderRules(std::span<const Rule* const> rules, const ReferenceOptions& options) {
  std::string text;
  switch (options.format) {
    case ReferenceFormat::kText:
      if (!options.in_detail) return Table(rules);
      for (const Rule* const rule : rules) text += Explanation(*rule, options.style);
      return text;
    case ReferenceFormat::kJson: {
      OrderedJson document;
      document["schema"] = "vtprobe-rules/1";
      document["tool"] = ToolJson(options.tool_version);
      document["rules"] = OrderedJson::array();
      for (const Rule* const rule : rules) document["rules"].push_back(RuleJson(*rule));
      return JsonText(document);
    }
    case ReferenceFormat::kMarkdown:
      text = "# Rules\n\n" + MadeByCommand("rules") +
             "\nWhat `vtprobe check` asks of a machine, by subject: why each rule matters, what a "
             "failure costs, and which other programs look at the same. HACKING.md says which "
             "documents the sources in brackets are.\n";
      for (const RuleSubject subject : kAllRuleSubjects) text += Chapter(subject, rules);
      return text;
  }
  return text;
}

}  // namespace vtprobe
