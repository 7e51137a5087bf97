#include "html_registers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {
namespace {

constexpr std::string_view kMarked = "differs-here";

struct Shown {
  Readings readings;            // the value of most CPUs first
  std::uint64_t differing = 0;  // bits that are not the same everywhere, and should be
  bool differs = false;
};

struct Asked {
  RegisterDefinition definition;
  std::uint64_t may_differ = 0;
};

// Bits that the rule does not compare between CPUs.
std::uint64_t LeftOutBits(std::string_view rule_id, const RegisterDefinition& definition) {
  const Rule* const rule = FindRule(rule_id);
  std::uint64_t mask = 0;
  if (rule == nullptr) return mask;
  for (const LeftOut& left_out : rule->left_out) {
    if (RegisterDefinition(left_out.msr) == definition) mask |= left_out.mask;
  }
  return mask;
}

// Each register that evidence names, once.
std::vector<Asked> AskedOf(const Report& report) {
  std::vector<Asked> asked;
  const auto add = [&](const Evidence& evidence, std::string_view rule) {
    const std::uint64_t may_differ = LeftOutBits(rule, evidence.definition);
    const auto same = std::find_if(asked.begin(), asked.end(), [&](const Asked& one) {
      return one.definition == evidence.definition;
    });
    if (same == asked.end()) {
      asked.push_back({evidence.definition, may_differ});
    } else {
      same->may_differ |= may_differ;
    }
  };
  for (const VirtualizationGroup& group : report.virtualization.groups) {
    for (const Evidence& evidence : group.evidence) add(evidence, {});
  }
  for (const Finding& finding : report.findings) {
    for (const Evidence& evidence : finding.evidence) add(evidence, finding.rule);
  }
  return asked;
}

Shown ShownOf(const Asked& asked, const PlatformSnapshot& recording) {
  const auto* const msr = std::get_if<const MsrDef*>(&asked.definition);
  Shown shown{msr != nullptr ? ReadingsOf(recording, (*msr)->address, std::nullopt)
                             : ReadingsOf(recording, *std::get<const CpuidDef*>(asked.definition),
                                          std::nullopt)};
  auto& groups = shown.readings.groups;
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.cpus.Count() > b.cpus.Count(); });
  for (const Readings::Group& group : groups) {
    const RegisterReading& most = groups.front().value;
    const std::uint64_t known = group.value.known() & most.known() & ~asked.may_differ;
    shown.differing |= (group.value.known_bits() ^ most.known_bits()) & known;
    shown.differs = shown.differs || group.value.known() != most.known();
  }
  shown.differs = shown.differs || shown.differing != 0;
  return shown;
}

// The bits of a reading in fours, the highest first; those that differ marked.
Markup BitsLine(const RegisterReading& reading, unsigned highest, std::uint64_t differing) {
  Markup line;
  for (unsigned bit = highest + 1; bit-- > 0;) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    const bool is_set = (reading.known_bits() & mask) != 0;
    const Markup digit = Escaped(!reading.Knows(mask) ? "?" : is_set ? "1" : "0");
    line += (differing & mask) != 0 ? Fill("<mark>{{bit}}</mark>", {{"bit", digit}}) : digit;
    if (bit % 4 == 0) line += Escaped(bit == 0 ? "\n" : " ");
  }
  return line;
}

Markup Ruler(const Shown& shown, std::size_t most_groups) {
  const unsigned highest = shown.readings.info.highest_bit();
  std::string numbers;
  for (unsigned bit = highest + 1; bit > 0; bit -= 4) numbers += fmt::format("{:<5}", bit - 1);
  Markup ruler = Escaped(numbers + '\n');
  for (std::size_t i = 0; i < std::min(most_groups, shown.readings.groups.size()); ++i) {
    ruler += BitsLine(shown.readings.groups[i].value, highest, shown.differing);
  }
  return ruler;
}

Markup HtmlFields(const Shown& shown) {
  Markup fields;
  for (const Field& field : shown.readings.info.fields) {
    const std::string bits = field.high == field.low ? fmt::format("{}", field.low)
                                                     : fmt::format("{}:{}", field.high, field.low);
    fields += Fill(html::kField, {{"mark", (field.mask() & shown.differing) != 0 ? kMarked : ""},
                                  {"meaning", field.meaning},
                                  {"bits", bits},
                                  {"name", field.name}});
  }
  return fields;
}

Markup HtmlGroup(const Shown& shown, const Readings::Group& group) {
  const RegisterReading& most = shown.readings.groups.front().value;
  Markup fields;
  for (const Field& field : shown.readings.info.fields) {
    const std::uint64_t other = group.value.known_bits() ^ most.known_bits();
    const bool is_other = (other & field.mask() & shown.differing) != 0;
    fields +=
        Fill(R"(<td class="{{mark}}">{{value}}</td>)",
             {{"mark", is_other ? kMarked : ""}, {"value", FieldValueText(field, group.value)}});
  }
  return Fill(html::kReading, {{"cpus", group.cpus.ToString()},
                               {"where", CpusText(group.cpus)},
                               {"value", HtmlValue(group.value)},
                               {"fields", std::move(fields)}});
}

// Of a register with a value for each CPU, so many are shown.
constexpr std::size_t kMostGroups = 16;

Markup HtmlRegister(const Shown& shown) {
  const RegisterInfo& info = shown.readings.info;
  const auto& groups = shown.readings.groups;
  Markup rows;
  for (std::size_t i = 0; i < std::min(kMostGroups, groups.size()); ++i) {
    rows += HtmlGroup(shown, groups[i]);
  }
  std::string count =
      groups.size() == 1 ? HtmlValue(groups.front().value) : Counted(groups.size(), "value");
  if (groups.size() > kMostGroups) count += fmt::format(", {} of them shown", kMostGroups);
  return Fill(html::kRegister, {{"differs", shown.differs ? " differs" : ""},
                                {"open", shown.differs ? Fill(" open=\"open\"", {}) : Markup()},
                                {"name", info.Title()},
                                {"count", count},
                                {"title", info.title},
                                {"spec", info.spec},
                                {"ruler", Ruler(shown, kMostGroups)},
                                {"fields", HtmlFields(shown)},
                                {"groups", std::move(rows)}});
}

}  // namespace

std::string HtmlValue(const RegisterReading& reading) {
  return reading.known() == 0 ? NotReadText(reading.error()) : ValueText(reading);
}

Markup HtmlRegisters(const Report& report) {
  if (report.recording == nullptr) return {};
  std::vector<Shown> all;
  for (const Asked& asked : AskedOf(report)) all.push_back(ShownOf(asked, *report.recording));
  std::stable_partition(all.begin(), all.end(), [](const Shown& one) { return one.differs; });
  Markup registers;
  for (const Shown& shown : all) registers += HtmlRegister(shown);
  return all.empty() ? Markup() : Fill(html::kRegisters, {{"registers", std::move(registers)}});
}

}  // namespace vtprobe
