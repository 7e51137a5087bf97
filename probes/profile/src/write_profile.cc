// By hand and not by a TOML library: the text is for people to go on with, in
// the rules' order, and none writes comments.

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "vtprobe/probes/profile.h"

namespace vtprobe {
namespace {

// A basic string of TOML.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr unsigned char kDelete = 0x7f;
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < ' ' || byte == kDelete) {
      quoted += fmt::format("\\u{:04x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string Value(const Setting& setting) {
  if (const auto* const choice = std::get_if<std::string>(&setting)) return Quoted(*choice);
  if (const auto* const number = std::get_if<std::uint64_t>(&setting)) {
    return fmt::format("{}", *number);
  }
  std::string text;
  for (const auto& [signature, revision] : std::get<RevisionFloors>(setting)) {
    text += fmt::format("{}{:#x} = {:#x}", text.empty() ? "" : ", ", signature, revision);
  }
  return fmt::format("{{ {} }}", text);
}

void WriteRule(const Rule& rule, const RuleProfile& profile, std::string* text) {
  *text += fmt::format("\n# {}\n[rules.\"{}\"]\n", rule.title, rule.id);
  if (profile.severity) *text += fmt::format("severity = \"{}\"\n", Name(*profile.severity));
  if (profile.required) *text += "required = true\n";
  if (profile.strict) *text += "strict = true\n";
  for (const auto& [name, setting] : profile.settings) {
    *text += fmt::format("{} = {}\n", name, Value(setting));
  }
  for (const Waiver& waiver : profile.waivers) {
    *text +=
        fmt::format("\n[[rules.\"{}\".waivers]]\nreason = {}\n", rule.id, Quoted(waiver.reason));
    if (waiver.cpus) *text += fmt::format("cpus = \"{}\"\n", waiver.cpus->ToString());
    if (waiver.expires) *text += fmt::format("expires = {}\n", *waiver.expires);
  }
}

// A number as its field's width is read: a switch is 0 or 1.
void WriteExpected(const Expected& expected, std::string* text) {
  if (expected.empty()) return;
  *text += "\n# What no rule asks\n[expect]\n";
  for (const auto& [what, count] : expected.counts) {
    *text += fmt::format("{} = {}\n", what, count);
  }
  for (const auto& [key, accepted] : expected.statements) {
    std::vector<std::string> quoted;
    quoted.reserve(accepted.size());
    for (const std::string& statement : accepted) quoted.push_back(Quoted(statement));
    const std::string list = fmt::format("{}", fmt::join(quoted, ", "));
    *text += fmt::format("{} = {}\n", Quoted(key), quoted.size() == 1 ? list : "[" + list + "]");
  }
  for (const auto& [name, field] : expected.fields) {
    constexpr std::uint64_t kLargestInteger = std::numeric_limits<std::int64_t>::max();
    const std::string value = fmt::format("{:#x}", field.value);
    *text += fmt::format("{} = {}\n", Quoted(name),
                         field.value > kLargestInteger ? Quoted(value)
                         : field.field.width() == 1    ? fmt::format("{}", field.value)
                                                       : value);
  }
}

void SuggestStatements(const Expected& expected, const Metadata& told, std::string* text) {
  std::string lines;
  for (const std::string_view key : kExpectedStatements) {
    const auto value = told.Get(key);
    if (!value || expected.statements.contains(key)) continue;
    lines += fmt::format("# {} = {}\n", Quoted(key), Quoted(*value));
  }
  if (lines.empty()) return;
  if (expected.empty()) *text += "\n[expect]\n";
  *text += "# It says this of itself too: without the # it is asked of the others.\n" + lines;
}

// Whether it says more than that the rule counts.
bool SaysSomething(const RuleProfile& profile) {
  return profile.severity || profile.required || profile.strict || !profile.settings.empty() ||
         !profile.waivers.empty();
}

}  // namespace

std::string WriteProfile(const Profile& profile, const Metadata* told) {
  std::string text = fmt::format("name = {}\n", Quoted(profile.name));
  if (!profile.title.empty()) text += fmt::format("title = {}\n", Quoted(profile.title));
  for (const Rule* const rule : AllRules()) {
    const RuleProfile* const own = profile.Find(rule->id);
    if (own != nullptr) WriteRule(*rule, *own, &text);
  }
  for (const Rule* const rule : ProfileRules()) {
    const RuleProfile* const own = profile.Find(rule->id);
    if (own != nullptr && SaysSomething(*own)) WriteRule(*rule, *own, &text);
  }
  WriteExpected(profile.expected, &text);
  if (told != nullptr) SuggestStatements(profile.expected, *told, &text);
  return text;
}

}  // namespace vtprobe
