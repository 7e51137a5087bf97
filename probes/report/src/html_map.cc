#include "html_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "mood.h"
#include "text_layout.h"

namespace vtprobe {
namespace {

struct Cell {
  Mood mood = Mood::kUnknown;
  bool stands_out = false;
  std::vector<std::string> what;
};

// So much of a CPU is said in its cell, and the rest counted.
constexpr std::size_t kMostSaid = 2;

using Cells = std::map<LogicalCpu, Cell>;

// By the verdict; those that are not like most stand out.
void AddVerdict(const VirtualizationVerdict& verdict, Cells* cells) {
  std::size_t most = 0;
  for (const auto& group : verdict.groups) most = std::max(most, group.cpus.Count());
  for (const auto& group : verdict.groups) {
    for (const LogicalCpu cpu : group.cpus.ToVector()) {
      Cell& cell = (*cells)[cpu];
      cell.mood = MoodOf(group.usable);
      cell.what.emplace_back(Name(group.state));
      cell.stands_out = group.cpus.Count() < most;
    }
  }
}

// What fails on some CPUs stands out; advice about all of them would hide it.
void AddFinding(const Finding& finding, const CpuSet& online, Cells* cells) {
  const bool fails = finding.outcome == Outcome::kFail;
  if (!fails && finding.outcome != Outcome::kWarn) return;
  const bool is_of_all = finding.cpus == online;
  if (finding.rule.starts_with("virtualization.") || (is_of_all && !finding.counted)) return;
  const Mood mood = fails && finding.counted ? Mood::kBad : Mood::kAdvice;
  for (const LogicalCpu cpu : finding.cpus.ToVector()) {
    Cell& cell = (*cells)[cpu];
    cell.mood = std::max(cell.mood, mood);
    cell.stands_out = cell.stands_out || !is_of_all;
    cell.what.push_back(fmt::format("{}: {}", Name(finding.outcome), finding.rule));
  }
}

Cells CellsOf(const Report& report) {
  Cells cells;
  for (const LogicalCpu cpu : report.subject.cpus_online.ToVector()) cells[cpu];
  AddVerdict(report.virtualization, &cells);
  for (const Finding& finding : report.findings) {
    AddFinding(finding, report.subject.cpus_online, &cells);
  }
  return cells;
}

Markup HtmlCell(LogicalCpu cpu, const Cell& cell) {
  const std::string number = fmt::format("{}", Number(cpu));
  std::string title = fmt::format("CPU {}", number);
  const std::size_t said = std::min(kMostSaid, cell.what.size());
  if (said != 0) {
    title += fmt::format(
        ": {}",
        fmt::join(cell.what.begin(), cell.what.begin() + static_cast<std::ptrdiff_t>(said), "; "));
  }
  if (cell.what.size() > said) title += fmt::format("; and {} more", cell.what.size() - said);
  std::string sign;
  if (cell.mood != Mood::kOk) sign = Sign(cell.mood);
  if (cell.stands_out) sign += number;
  return Fill(html::kCpu,
              {{"mood", Name(cell.mood)}, {"cpu", number}, {"title", title}, {"sign", sign}});
}

// Each core of a package, or of a machine of which they are not known each CPU.
std::vector<CpuSet> EachAlone(const CpuSet& cpus) {
  std::vector<CpuSet> cores;
  for (const LogicalCpu cpu : cpus.ToVector()) cores.emplace_back(cpu);
  return cores;
}

}  // namespace

Markup HtmlMap(const Report& report) {
  constexpr std::size_t kManyCpus = 512;
  CoresOfPackages places = report.places;
  const bool is_known = !places.empty();
  if (!is_known) places = {EachAlone(report.subject.cpus_online)};
  const Cells cells = CellsOf(report);
  const bool is_small = cells.size() > kManyCpus;
  Markup map;
  for (std::size_t package = 0; package < places.size(); ++package) {
    Markup cores;
    std::size_t count = 0;
    for (const CpuSet& core : places[package]) {
      Markup cpus;
      for (const LogicalCpu cpu : core.ToVector()) cpus += HtmlCell(cpu, cells.at(cpu));
      count += core.Count();
      cores += Fill(html::kCore, {{"cpus", std::move(cpus)}});
    }
    const std::string name =
        is_known ? fmt::format("package {}: {}, {}", package,
                               Counted(places[package].size(), "core"), Counted(count, "CPU"))
                 : fmt::format("{}; which share a core is not known", Counted(count, "CPU"));
    map += Fill(html::kPackage,
                {{"name", name}, {"size", is_small ? " small" : ""}, {"cores", std::move(cores)}});
  }
  return map;
}

}  // namespace vtprobe
