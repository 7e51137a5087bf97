#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "fleet_text.h"
#include "register_text.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// A row's cells, in this order, by which `kColumns` names them.
struct Row {
  std::string_view what;
  std::string machine{};
  std::string name{};  // the register, or the rule
  std::string address{};
  std::string cpus{};
  std::string value{};
  std::string usual{};
  std::size_t count = 1;  // of machines, or of recordings
  std::string words{};
};

constexpr std::string_view kColumns = "what,machine,name,address,cpus,value,usual,count,words\r\n";

// A line break within a cell would be right, and would break whoever reads by lines.
std::string CellOf(std::string_view text) {
  std::string cell = Printable(text);
  std::replace(cell.begin(), cell.end(), '\n', ' ');
  constexpr std::string_view kFormulas = "=+-@";
  if (!cell.empty() && kFormulas.find(cell.front()) != std::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string Line(const Row& row) {
  const std::string count = std::to_string(row.count);
  const std::array<std::string_view, 9> cells = {row.what,    row.machine, row.name,
                                                 row.address, row.cpus,    row.value,
                                                 row.usual,   count,       row.words};
  std::string line;
  for (const std::string_view cell : cells) {
    if (cell.data() != cells.front().data()) line += ',';
    line += CellOf(cell);
  }
  return line + "\r\n";
}

Row OfReading(std::string_view what, std::string machine, const fleet::Reading& reading) {
  std::string fields;
  for (const FieldChange& change : FieldsThatDiffer(reading)) {
    fields += fields.empty() ? "" : " ";
    fields += std::string(change.field.name) + '=' + FieldValueText(change.field, change.after);
  }
  return {what,
          std::move(machine),
          fleet::NameOf(reading.reg),
          fleet::AddressOf(reading.reg),
          reading.cpus.ToString(),
          FleetValueText(reading.value),
          FleetValueText(reading.usual),
          1,
          std::move(fields)};
}

Row OfBoot(const fleet::InSomeBoots& one, const std::string& boot) {
  return {.what = "boot",
          .machine = one.machine,
          .name = fleet::NameOf(one.reg),
          .address = fleet::AddressOf(one.reg),
          .cpus = one.cpus.ToString(),
          .value = FleetValueText(one.value),
          .usual = one.usual ? FleetValueText(*one.usual) : std::string(),
          .count = one.boots.count(),
          .words = boot};
}

std::string LinesOfWhoStandsOut(const fleet::Findings& findings) {
  std::string lines;
  for (const fleet::Outlier& outlier : findings.outliers) {
    for (const std::string& machine : outlier.machines.kept()) {
      lines += Line(OfReading("outlier", machine, outlier.reading));
    }
  }
  for (const fleet::MoreCpus& one : findings.more_cpus) {
    for (const std::string& machine : one.machines.kept()) {
      lines += Line({.what = "more_cpus",
                     .machine = machine,
                     .cpus = one.cpus.ToString(),
                     .usual = one.usual.ToString()});
    }
  }
  return lines;
}

}  // namespace

std::string RenderFleetCsv(const fleet::Findings& findings) {
  std::string text(kColumns);
  const auto add = [&](const Row& row) { text += Line(row); };
  for (const Usable usable : {Usable::kYes, Usable::kNotYet, Usable::kNo, Usable::kUnknown}) {
    add({.what = "usable",
         .value = std::string(Name(usable)),
         .count = findings.usable.at(static_cast<std::size_t>(usable))});
  }
  for (const fleet::Group& group : findings.groups) {
    add({.what = "group",
         .name = KinText(group.kin),
         .value = group.firmware,
         .count = group.machines});
  }
  text += LinesOfWhoStandsOut(findings);
  for (const fleet::OfFirmware& one : findings.of_firmware) {
    add({.what = "by_firmware",
         .name = fleet::NameOf(one.reg),
         .address = fleet::AddressOf(one.reg),
         .value = FleetValueText(one.value),
         .usual = FleetValueText(one.usual),
         .count = one.machines,
         .words = one.firmware});
  }
  for (const fleet::Split& split : findings.splits) {
    for (const fleet::ValueCount& one : split.values) {
      add({.what = "no_majority",
           .name = fleet::NameOf(split.reg),
           .address = fleet::AddressOf(split.reg),
           .value = FleetValueText(one.value),
           .count = one.machines.count(),
           .words = KinText(split.kin)});
    }
  }
  for (const fleet::FailingRule& rule : findings.rules) {
    for (const std::string& machine : rule.machines.kept()) {
      add({.what = "rule", .machine = machine, .name = rule.rule, .value = "fail"});
    }
  }
  const auto add_levels = [&](std::string_view what, const std::vector<fleet::Level>& levels) {
    for (const fleet::Level& level : levels) {
      add({.what = what,
           .name = level.of,
           .value = level.version,
           .count = level.machines,
           .words = level.date});
    }
  };
  add_levels("firmware", findings.firmware);
  add_levels("microcode", findings.microcode);
  for (const fleet::InSomeBoots& one : findings.boots) {
    for (const std::string& boot : one.boots.kept()) add(OfBoot(one, boot));
  }
  for (const fleet::Change& change : findings.changes) {
    for (const fleet::Reading& reading : change.readings) {
      add(OfReading("changed", change.machine, reading));
    }
    for (const fleet::Change::Text& one : change.texts) {
      add({.what = "changed",
           .machine = change.machine,
           .name = one.what,
           .value = one.after,
           .usual = one.before});
    }
  }
  for (const fleet::Unread& unread : findings.unread) {
    add({.what = "unread", .machine = unread.machine, .words = unread.why});
  }
  return text;
}

}  // namespace vtprobe
