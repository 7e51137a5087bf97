// A profile decides whether a machine is accepted, so nothing in its text is
// passed over: a key that is none, a value of another type, or a waiver that
// ran out is an error with its place.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "parse_expected.h"
#include "profile_reading.h"
#include "toml.h"
#include "vtprobe/hal/numbers.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/profile_path.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/probes/toml_guard.h"

namespace vtprobe {
namespace {

// The profiles that are being extended, from the one that is asked for on: names
// of shipped ones, paths of files.
using Chain = std::vector<std::string>;

// What a text is read with.
struct Reading {
  std::string_view today;
  const ReadProfileFile* read_file;  // null: there are no files
};

std::optional<CpuSet> ReadCpus(const toml::node& node, Errors* errors) {
  const auto text = ReadText(node, "cpus", errors);
  if (!text) return std::nullopt;
  auto cpus = CpuSet::Parse(*text);
  if (cpus) return *std::move(cpus);
  errors->Add(node.source(),
              fmt::format("cpus: expected a list such as \"0-3,8\"; character {}: {}",
                          cpus.error().offset + 1, cpus.error().message));
  return std::nullopt;
}

// As TOML's hexadecimal numbers: "0x" and never "0X".
std::optional<std::uint32_t> ParseSignature(std::string_view text) {
  return text.starts_with("0x") ? ParsePrefixedHex<std::uint32_t>(text) : std::nullopt;
}

std::optional<RevisionFloors> ReadFloors(const toml::node& node, std::string_view key,
                                         Errors* errors) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    errors->Add(node.source(),
                fmt::format("{}: expected revisions by CPU signature: {{ 0x506e3 = 0xf0 }}", key));
    return std::nullopt;
  }
  RevisionFloors floors;
  for (const auto& [name, value] : *table) {
    const auto signature = ParseSignature(name.str());
    if (!signature) {
      errors->Add(name.source(),
                  fmt::format("{}: {} is no CPU signature such as 0x506e3", key, name.str()));
    }
    const auto revision = ReadNumber(value, name.str(), errors);
    if (revision && *revision > std::numeric_limits<std::uint32_t>::max()) {
      errors->Add(value.source(), fmt::format("{}: a revision has 32 bits", key));
    } else if (signature && revision) {
      floors[*signature] = static_cast<std::uint32_t>(*revision);
    }
  }
  return floors;
}

std::optional<Setting> ReadSetting(const toml::node& node, const Parameter& parameter,
                                   Errors* errors) {
  switch (parameter.kind) {
    case Parameter::Kind::kChoice:
      return ReadChoice(node, parameter.name, parameter.choices, errors);
    case Parameter::Kind::kNumber:
      return ReadNumber(node, parameter.name, errors);
    case Parameter::Kind::kFloors:
      return ReadFloors(node, parameter.name, errors);
  }
  return std::nullopt;
}

std::optional<std::string> ReadExpiry(const toml::node& node, std::string_view today,
                                      Errors* errors) {
  const auto date = node.value_exact<toml::date>();
  if (!date) {
    errors->Add(node.source(), "expires: expected a date without quotes, such as 2027-01-31");
    return std::nullopt;
  }
  std::string expiry = fmt::format("{:04}-{:02}-{:02}", date->year, date->month, date->day);
  if (expiry >= today) return expiry;
  errors->Add(node.source(), fmt::format("the waiver expired on {}, and today is {}: mend what it "
                                         "accepts, or renew it with a later date",
                                         expiry, today));
  return std::nullopt;
}

// Reads one TOML table; each key that may stand in it is asked for once.
class Keys {
 public:
  Keys(const toml::table& table, Errors* errors) : table_(table), errors_(errors) {}

  // Null if it is not there.
  const toml::node* Find(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
  }

  // Those that were not asked for are errors.
  void Finish(std::string_view where) {
    for (const auto& [key, value] : table_) {
      if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
      errors_->Add(key.source(), [name = std::string(Beginning(key.str())),
                                  where = std::string(where), known = known_] {
        return fmt::format("{} has no key {}; {}", where, name, NearestText(name, known));
      });
    }
  }

 private:
  const toml::table& table_;
  Errors* const errors_;
  std::vector<std::string_view> known_;
};

Waiver ReadWaiver(const toml::table& table, std::string_view today, Errors* errors) {
  Waiver waiver;
  Keys keys(table, errors);
  if (const toml::node* const reason = keys.Find("reason")) {
    waiver.reason = ReadText(*reason, "reason", errors).value_or("");
  } else {
    errors->Add(table.source(), "a waiver needs a reason");
  }
  if (const toml::node* const cpus = keys.Find("cpus")) waiver.cpus = ReadCpus(*cpus, errors);
  if (const toml::node* const expires = keys.Find("expires")) {
    waiver.expires = ReadExpiry(*expires, today, errors);
  }
  keys.Finish("a waiver");
  return waiver;
}

void ReadWaivers(const toml::node& node, std::string_view rule, std::string_view today,
                 RuleProfile* profile, Errors* errors) {
  const toml::array* const array = node.as_array();
  if (array == nullptr || !array->is_homogeneous<toml::table>()) {
    errors->Add(node.source(),
                fmt::format("waivers: expected tables, [[rules.\"{}\".waivers]]", rule));
    return;
  }
  for (const toml::node& waiver : *array) {
    profile->waivers.push_back(ReadWaiver(*waiver.as_table(), today, errors));
  }
}

Severity SeverityNamed(std::string_view name) {
  return *std::find_if(kAllSeverities.begin(), kAllSeverities.end(),
                       [&](Severity severity) { return Name(severity) == name; });
}

// Onto what an extended profile says of the rule.
void ReadRule(const toml::table& table, const Rule& rule, std::string_view today,
              RuleProfile* profile, Errors* errors) {
  Keys keys(table, errors);
  if (const toml::node* const severity = keys.Find("severity")) {
    std::vector<std::string_view> names;
    names.reserve(kAllSeverities.size());
    for (const Severity each : kAllSeverities) names.push_back(Name(each));
    const auto chosen = ReadChoice(*severity, "severity", names, errors);
    if (chosen) profile->severity = SeverityNamed(*chosen);
  }
  if (const toml::node* const required = keys.Find("required")) {
    profile->required = ReadBool(*required, "required", errors).value_or(false);
  }
  if (const toml::node* const strict = keys.Find("strict")) {
    profile->strict = ReadBool(*strict, "strict", errors).value_or(false);
  }
  if (const toml::node* const waivers = keys.Find("waivers")) {
    ReadWaivers(*waivers, rule.id, today, profile, errors);
  }
  for (const Parameter& parameter : rule.parameters) {
    const toml::node* const node = keys.Find(parameter.name);
    if (node == nullptr) continue;
    auto setting = ReadSetting(*node, parameter, errors);
    if (setting) profile->settings.insert_or_assign(std::string(parameter.name), *setting);
  }
  keys.Finish(rule.id);
}

// A table that is named as if each dot of a rule's id were one of TOML's.
std::optional<std::string_view> WithoutQuotes(std::string_view key) {
  for (const Rule* const rule : AllRules()) {
    if (rule->id.starts_with(key) && rule->id.substr(key.size()).starts_with('.')) return rule->id;
  }
  return std::nullopt;
}

std::string NoRule(std::string_view id) {
  if (const auto likely = WithoutQuotes(id)) {
    return fmt::format("there is no rule {}; a rule's id stands in quotes: [rules.\"{}\"]", id,
                       *likely);
  }
  std::vector<std::string_view> ids;
  for (const Rule* const rule : AllRules()) ids.push_back(rule->id);
  for (const Rule* const rule : ProfileRules()) ids.push_back(rule->id);
  return fmt::format("there is no rule {}; {}", id, NearestText(id, std::move(ids)));
}

void ReadRules(const toml::node& node, std::string_view today, Profile* profile, Errors* errors) {
  const toml::table* const rules = node.as_table();
  if (rules == nullptr) {
    errors->Add(node.source(), "rules: expected tables, [rules.\"virtualization.usable\"]");
    return;
  }
  for (const auto& [id, value] : *rules) {
    const Rule* const rule = FindRule(id.str());
    const toml::table* const table = value.as_table();
    if (rule == nullptr) {
      errors->Add(id.source(), [name = std::string(Beginning(id.str()))] { return NoRule(name); });
    } else if (rule == &ProofRule()) {
      errors->Add(id.source(), fmt::format("no profile counts {}: guests that fail always count, "
                                           "and a machine on which none were run is not asked",
                                           rule->id));
    } else if (table == nullptr) {
      errors->Add(value.source(), fmt::format("expected a table, [rules.\"{}\"]", rule->id));
    } else {
      ReadRule(*table, *rule, today, &profile->rules[std::string(rule->id)], errors);
    }
  }
}

tl::expected<Profile, ProfileError> Parse(std::string_view text, const Reading& reading,
                                          const Chain& extended);

// The text of what is extended, and the name that stands in the chain. An error
// in words.
tl::expected<ProfileFile, std::string> FindExtended(const std::string& name, const Reading& reading,
                                                    const Chain& extended) {
  if (const ShippedProfile* const base = FindShippedProfile(name)) {
    return ProfileFile{std::string(base->name), std::string(base->text)};
  }
  if (LooksLikePath(name)) {
    if (reading.read_file != nullptr && *reading.read_file) {
      return (*reading.read_file)(name, extended.empty() ? std::string_view() : extended.back());
    }
    return tl::unexpected("a file can't be extended here: " + name);
  }
  std::vector<std::string_view> names;
  for (const ShippedProfile& each : ShippedProfiles()) names.push_back(each.name);
  return tl::unexpected(fmt::format(
      "there is no shipped profile {}; {}; a file of yours has a / in it or ends in .toml", name,
      NearestText(name, std::move(names))));
}

// A profile that extends itself is refused, and so is a long chain: the recursion
// ends.
// NOLINTBEGIN(misc-no-recursion)

// What the extended profile says, for this one to add to.
Profile ReadExtended(const toml::node& node, const Reading& reading, const Chain& extended,
                     Errors* errors) {
  constexpr std::size_t kLongestChain = 8;
  const auto name = ReadText(node, "extends", errors);
  if (!name) return {};
  const auto base = FindExtended(*name, reading, extended);
  if (!base) {
    errors->Add(node.source(), base.error());
    return {};
  }
  if (std::find(extended.begin(), extended.end(), base->path) != extended.end()) {
    errors->Add(node.source(), fmt::format("{} extends itself", base->path));
    return {};
  }
  if (extended.size() >= kLongestChain) {
    errors->Add(node.source(),
                fmt::format("at most {} profiles extend one another", kLongestChain));
    return {};
  }
  Chain chain = extended;
  chain.push_back(base->path);
  auto profile = Parse(base->text, reading, chain);
  if (profile) return *std::move(profile);
  const ProfileError& error = profile.error();
  errors->Add(node.source(),
              fmt::format("{}:{}:{}: {}", base->path, error.line, error.column, error.message));
  return {};
}

tl::expected<Profile, ProfileError> Parse(std::string_view text, const Reading& reading,
                                          const Chain& extended) {
  const auto root = ParseToml(text);
  if (!root) {
    const TomlError& error = root.error();
    return tl::unexpected(ProfileError{error.line, error.column, error.message});
  }
  Errors errors;
  Profile profile;
  Keys keys(*root, &errors);
  const toml::node* const name = keys.Find("name");
  const toml::node* const title = keys.Find("title");
  if (const toml::node* const extends = keys.Find("extends")) {
    profile = ReadExtended(*extends, reading, extended, &errors);
  }
  profile.name = name == nullptr ? "" : ReadText(*name, "name", &errors).value_or("");
  profile.title = title == nullptr ? "" : ReadText(*title, "title", &errors).value_or("");
  // What vtprobe is for is not a profile's to leave out.
  profile.rules.try_emplace("virtualization.usable");
  if (const toml::node* const rules = keys.Find("rules")) {
    ReadRules(*rules, reading.today, &profile, &errors);
  }
  if (const toml::node* const expect = keys.Find("expect")) {
    ReadExpected(*expect, &profile, &errors);
  }
  keys.Finish("a profile");
  if (name == nullptr) errors.Add(root->source(), "a profile needs a name");
  if (auto first = errors.First()) return tl::unexpected(*std::move(first));
  return profile;
}

// NOLINTEND(misc-no-recursion)

}  // namespace

tl::expected<Profile, ProfileError> ParseProfile(std::string_view text, std::string_view today,
                                                 const ReadProfileFile& read_file,
                                                 std::string_view path) {
  Chain chain;
  if (!path.empty()) chain.emplace_back(path);
  return Parse(text, {today, &read_file}, chain);
}

}  // namespace vtprobe
