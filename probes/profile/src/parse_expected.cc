#include "parse_expected.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/hal/numbers.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

// What a name of [expect] means, if it is a register's, without its value.
struct NamedBits {
  ExpectedField field;
  std::string name;  // as the tables spell it
};

constexpr Field kWholeMsr = Bits({}, 63, 0);
constexpr Field kWholeOutput = Bits({}, 31, 0);

std::optional<NamedBits> FindRegister(std::string_view name) {
  if (const MsrDef* const msr = registers::FindMsr(name)) {
    return NamedBits{{msr->address, kWholeMsr}, std::string(msr->name)};
  }
  if (const CpuidDef* const cpuid = registers::FindCpuid(name)) {
    return NamedBits{{cpuid, kWholeOutput}, std::string(cpuid->name)};
  }
  if (const auto address = ParsePrefixedHex<std::uint32_t>(name)) {
    return NamedBits{{MsrAddress{*address}, kWholeMsr}, fmt::format("{:#x}", *address)};
  }
  return std::nullopt;
}

FieldList FieldsOf(const NamedBits& reg) {
  if (const auto* const cpuid = std::get_if<const CpuidDef*>(&reg.field.reg)) {
    return (*cpuid)->fields;
  }
  const MsrDef* const msr = registers::FindMsr(std::get<MsrAddress>(reg.field.reg));
  return msr == nullptr ? FieldList() : msr->fields;
}

std::vector<std::string_view> RegisterNames() {
  std::vector<std::string_view> names(kExpectedCounts.begin(), kExpectedCounts.end());
  names.insert(names.end(), kExpectedStatements.begin(), kExpectedStatements.end());
  for (const MsrDef* const msr : registers::AllMsrs()) names.push_back(msr->name);
  for (const CpuidDef* const cpuid : registers::AllCpuid()) names.push_back(cpuid->name);
  return names;
}

// Nothing, and an error, for a name that is none.
std::optional<NamedBits> ReadName(const toml::source_region& where, const std::string& name,
                                  Errors* errors) {
  if (auto whole = FindRegister(name)) return whole;
  const std::size_t dot = name.rfind('.');
  auto reg = dot == std::string::npos ? std::nullopt : FindRegister(name.substr(0, dot));
  if (!reg) {
    errors->Add(where, [name = std::string(Beginning(name))] {
      return fmt::format("nothing is known by the name {}; {}", name,
                         NearestText(name, RegisterNames()));
    });
    return std::nullopt;
  }
  const std::string field_name = name.substr(dot + 1);
  const FieldList fields = FieldsOf(*reg);
  if (const Field* const field = fields.Find(field_name)) {
    reg->field.field = *field;
    reg->name += '.' + field_name;
    return reg;
  }
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  errors->Add(where, names.empty()
                         ? fmt::format("{} has no named fields", reg->name)
                         : fmt::format("{} has no field {}; {}", reg->name, Beginning(field_name),
                                       NearestText(Beginning(field_name), std::move(names))));
  return std::nullopt;
}

// TOML's integers have 63 bits: a larger one is a string.
std::optional<std::uint64_t> ReadValue(const toml::node& node, std::string_view name,
                                       Errors* errors) {
  if (const auto text = node.value_exact<std::string>()) {
    const auto number = ParsePrefixedHex<std::uint64_t>(*text);
    if (!number) errors->Add(node.source(), fmt::format("{}: expected a number", name));
    return number;
  }
  return ReadNumber(node, name, errors);
}

void ReadField(const toml::source_region& where, const std::string& name, const toml::node& node,
               Expected* expected, Errors* errors) {
  auto named = ReadName(where, name, errors);
  if (!named) return;
  const auto value = ReadValue(node, Beginning(name), errors);
  if (!value) return;
  const unsigned width = named->field.field.width();
  if (width < 64 && (*value >> width) != 0) {
    errors->Add(node.source(), fmt::format("{} has {} bit{}, and {:#x} has more", named->name,
                                           width, width == 1 ? "" : "s", *value));
    return;
  }
  named->field.value = *value;
  expected->fields.insert_or_assign(named->name, named->field);
}

// One string, or several of which each is accepted.
void ReadStatement(std::string_view key, const toml::node& node, Expected* expected,
                   Errors* errors) {
  std::vector<std::string> accepted;
  const toml::array* const several = node.as_array();
  if (several == nullptr) {
    if (auto text = ReadText(node, key, errors)) accepted.push_back(*std::move(text));
  } else {
    for (const toml::node& each : *several) {
      if (auto text = ReadText(each, key, errors)) accepted.push_back(*std::move(text));
    }
  }
  if (accepted.empty()) {
    errors->Add(node.source(), fmt::format("{}: expected a string, or several in brackets", key));
    return;
  }
  expected->statements.insert_or_assign(std::string(key), std::move(accepted));
}

template <typename Names>
bool IsOneOf(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void ReadOne(const toml::source_region& where, const std::string& name, const toml::node& node,
             Expected* expected, Errors* errors) {
  if (IsOneOf(kExpectedCounts, name)) {
    if (const auto count = ReadNumber(node, name, errors)) {
      expected->counts.insert_or_assign(name, *count);
    }
  } else if (IsOneOf(kExpectedStatements, name)) {
    ReadStatement(name, node, expected, errors);
  } else {
    ReadField(where, name, node, expected, errors);
  }
}

}  // namespace

void ReadExpected(const toml::node& node, Profile* profile, Errors* errors) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    errors->Add(node.source(), "expect: expected a table, [expect]");
    return;
  }
  for (const auto& [key, value] : *table) {
    const std::string name(key.str());
    const toml::table* const inner = value.as_table();
    if (inner == nullptr) {
      ReadOne(key.source(), name, value, &profile->expected, errors);
      continue;
    }
    // Without quotes, the dot of a name is one of TOML's.
    for (const auto& [field, field_value] : *inner) {
      ReadOne(field.source(), fmt::format("{}.{}", name, field.str()), field_value,
              &profile->expected, errors);
    }
  }
  CountExpected(profile);
}

}  // namespace vtprobe
