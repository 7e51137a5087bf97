#include "html_registers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "html_ruler.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {
namespace {

Markup HtmlGroup(const ReportedRegister& shown, const Readings::Group& group) {
  const RegisterReading& most = shown.readings.groups.front().value;
  const std::uint64_t other = group.value.known_bits() ^ most.known_bits();
  return Fill(html::kReading, {{"cpus", group.cpus.ToString()},
                               {"where", CpusText(group.cpus)},
                               {"value", HtmlValue(group.value)},
                               {"fields", HtmlFieldCells(shown.readings.info.fields, group.value,
                                                         other & shown.differing)}});
}

// Of a register with a value for each CPU, so many are shown; and fewer where those
// before it have taken what a page has room for.
constexpr std::size_t kMostGroups = 8;
constexpr std::size_t kFewGroups = 2;
constexpr std::size_t kMostInPage = 320;

Markup HtmlRegister(const ReportedRegister& shown, std::size_t most) {
  const RegisterInfo& info = shown.readings.info;
  const auto& groups = shown.readings.groups;
  Markup rows;
  std::vector<RulerLine> lines;
  for (std::size_t i = 0; i < std::min(most, groups.size()); ++i) {
    rows += HtmlGroup(shown, groups[i]);
    lines.push_back({groups[i].value, shown.differing, CpusText(groups[i].cpus)});
  }
  std::string count =
      groups.size() == 1 ? HtmlValue(groups.front().value) : Counted(groups.size(), "value");
  if (groups.size() > most) count += fmt::format(", {} of them shown", most);
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

Markup HtmlRegisters(const Report& report, HtmlDetail detail) {
  if (report.registers.empty()) return {};
  Markup differing;
  Markup alike;
  std::size_t count = 0;
  std::size_t in_page = 0;
  for (const ReportedRegister& reg : report.registers) {
    if (!reg.differs) ++count;
    if (!reg.differs && detail == HtmlDetail::kBrief) continue;
    const std::size_t most = in_page < kMostInPage ? kMostGroups : kFewGroups;
    in_page += std::min(most, reg.readings.groups.size());
    (reg.differs ? differing : alike) += HtmlRegister(reg, most);
  }
  if (detail == HtmlDetail::kBrief) {
    alike = Fill("<p>{{text}}</p>\n",
                 {{"text", fmt::format("Alike on all CPUs, and not in this page: {}", count)}});
  } else if (count != 0 && count != report.registers.size()) {
    alike = Fill(html::kRest, {{"summary", fmt::format("Alike on all CPUs: {}", count)},
                               {"content", std::move(alike)}});
  }
  differing += alike;
  return Fill(html::kRegisters, {{"registers", std::move(differing)}});
}

}  // namespace vtprobe
