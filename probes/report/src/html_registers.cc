#include "html_registers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "html_ruler.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {
namespace {

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

Markup HtmlGroup(const Shown& shown, const Readings::Group& group) {
  const RegisterReading& most = shown.readings.groups.front().value;
  const std::uint64_t other = group.value.known_bits() ^ most.known_bits();
  return Fill(html::kReading, {{"cpus", group.cpus.ToString()},
                               {"where", CpusText(group.cpus)},
                               {"value", HtmlValue(group.value)},
                               {"fields", HtmlFieldCells(shown.readings.info.fields, group.value,
                                                         other & shown.differing)}});
}

// Of a register with a value for each CPU, so many are shown.
constexpr std::size_t kMostGroups = 8;

Markup HtmlRegister(const Shown& shown) {
  const RegisterInfo& info = shown.readings.info;
  const auto& groups = shown.readings.groups;
  Markup rows;
  std::vector<RulerLine> lines;
  for (std::size_t i = 0; i < std::min(kMostGroups, groups.size()); ++i) {
    rows += HtmlGroup(shown, groups[i]);
    lines.push_back({groups[i].value, shown.differing, CpusText(groups[i].cpus)});
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
                                {"ruler", HtmlRuler(info, lines)},
                                {"fields", HtmlFieldHeads(info.fields, shown.differing)},
                                {"groups", std::move(rows)}});
}

}  // namespace

Markup HtmlRegisters(const Report& report) {
  if (report.recording == nullptr) return {};
  std::vector<Shown> all;
  for (const Asked& asked : AskedOf(report)) all.push_back(ShownOf(asked, *report.recording));
  const auto alike =
      std::stable_partition(all.begin(), all.end(), [](const Shown& one) { return one.differs; });
  Markup registers;
  Markup folded;
  const bool is_any_other = alike != all.begin();
  for (auto shown = all.begin(); shown != all.end(); ++shown) {
    (is_any_other && shown >= alike ? folded : registers) += HtmlRegister(*shown);
  }
  if (!folded.text().empty()) {
    const auto count = static_cast<std::size_t>(std::distance(alike, all.end()));
    registers += Fill(html::kRest, {{"summary", fmt::format("Alike on all CPUs: {}", count)},
                                    {"content", std::move(folded)}});
  }
  return all.empty() ? Markup() : Fill(html::kRegisters, {{"registers", std::move(registers)}});
}

}  // namespace vtprobe
