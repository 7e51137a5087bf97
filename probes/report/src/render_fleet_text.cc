#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet_text.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using fleet::Findings;

// How many of a kind a normal answer names.
struct Room {
  std::size_t names = 8;  // machines of one statement
  std::size_t rows = 20;  // statements of one kind

  static Room Of(Verbosity verbosity) {
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
    return verbosity == Verbosity::kNormal ? Room{} : Room{kAll, kAll};
  }
};

TextRow Row(std::string label, std::string lead, std::string_view text) {
  TextRow row = Prose(std::move(label), text);
  row.lead = std::move(lead);
  return row;
}

class Text {
 public:
  Text(const Findings& findings, const RenderOptions& options)
      : findings_(findings), options_(options), room_(Room::Of(options.verbosity)) {}

  std::string Render() {
    std::string text = Coloured(FleetHeadline(findings_), HeadlineColour(), options_) + '\n';
    rows_.emplace_back();
    AddOutliers();
    AddMoreCpus();
    if (options_.verbosity != Verbosity::kQuiet) {
      AddFirmwareDifferences();
      AddSplits();
    }
    AddRules();
    if (options_.verbosity != Verbosity::kQuiet) {
      AddGroups();
      AddLevels("firmware", findings_.firmware);
      AddLevels("microcode", findings_.microcode);
    }
    AddBoots();
    AddChanges();
    AddUnread();
    if (options_.verbosity == Verbosity::kVerbose) AddLeftOut();
    return text + LayOut(std::move(rows_), options_);
  }

 private:
  Colour HeadlineColour() const {
    if (findings_.exit_code == 0) return Colour::kGreen;
    return findings_.exit_code == 2 ? Colour::kYellow : Colour::kRed;
  }

  // The rows of one kind, of which there is room for some.
  template <typename Container, typename Add>
  void AddEach(std::string_view label, const Container& all, const Add& add) {
    AddEach(label, all, all.size(), add);
  }
  // The same where more were counted than are at hand.
  template <typename Container, typename Add>
  void AddEach(std::string_view label, const Container& all, std::size_t count, const Add& add) {
    if (all.empty()) return;
    if (!rows_.back().label.empty() || !rows_.back().lead.empty() || !rows_.back().items.empty()) {
      rows_.emplace_back();
    }
    std::size_t shown = 0;
    for (const auto& one : all) {
      if (shown == room_.rows) break;
      add(std::string(shown == 0 ? label : std::string_view()), one);
      ++shown;
    }
    if (shown < count) {
      rows_.push_back(Prose("", fmt::format("and {} more (--verbose names them)", count - shown)));
    }
  }

  static std::string FieldsText(const fleet::Reading& reading) {
    std::string text;
    for (const FieldChange& change : FieldsThatDiffer(reading)) {
      text += fmt::format("{}{} {} (usual {})", text.empty() ? " " : kFieldSeparator,
                          change.field.name, FieldValueText(change.field, change.after),
                          FieldValueText(change.field, change.before));
    }
    return text;
  }

  void AddOutliers() {
    const bool has_golden = !findings_.way.against.empty();
    if (findings_.outliers.empty()) {
      rows_.push_back(Prose(
          "stand out", has_golden
                           ? fmt::format("none: no machine differs from {}", findings_.way.against)
                           : fmt::format("none: no {} differs from what most of its like have",
                                         findings_.more_cpus.empty() ? "machine" : "register")));
    }
    const auto add = [&](std::string label, const fleet::Outlier& one) {
      const fleet::Reading& reading = one.reading;
      std::string text = fmt::format("{} on {} ({}),", FleetValueText(reading.value),
                                     NamesText(one.machines, room_.names), CpusText(reading.cpus));
      if (has_golden) {
        text += fmt::format(" {} on {}.", FleetValueText(reading.usual), findings_.way.against);
      } else {
        text +=
            fmt::format(" {} on {} of {} like it{}.", FleetValueText(reading.usual), one.with_usual,
                        one.of, one.within_firmware ? " with the same firmware" : "");
      }
      text += FieldsText(reading);
      rows_.push_back(Row(std::move(label), TitleOf(reading.reg), text));
    };
    AddEach("stand out", findings_.outliers, findings_.outlier_count, add);
    if (has_golden || findings_.without_like == 0) return;
    rows_.push_back(
        Prose("", fmt::format("{} no other of {} kind: nothing to compare {} with",
                              findings_.without_like == 1
                                  ? "1 machine has"
                                  : fmt::format("{} machines have", findings_.without_like),
                              findings_.without_like == 1 ? "its" : "their",
                              findings_.without_like == 1 ? "it" : "them")));
  }

  void AddMoreCpus() {
    AddEach("more CPUs", findings_.more_cpus, [&](std::string label, const fleet::MoreCpus& one) {
      rows_.push_back(Row(std::move(label), CpusText(one.cpus),
                          fmt::format("recorded on {}, where {} of {} like it have {} alone",
                                      NamesText(one.machines, room_.names), one.with_usual, one.of,
                                      CpusText(one.usual))));
    });
  }

  void AddFirmwareDifferences() {
    AddEach("by firmware", findings_.of_firmware,
            [&](std::string label, const fleet::OfFirmware& one) {
              rows_.push_back(
                  Row(std::move(label), one.firmware.empty() ? "not recorded" : one.firmware,
                      fmt::format("{} = {} on {}, and usually {} ({})", TitleOf(one.reg),
                                  FleetValueText(one.value), Counted(one.machines, "machine"),
                                  FleetValueText(one.usual), KinText(one.kin))));
            });
  }

  void AddSplits() {
    AddEach("no majority", findings_.splits, [&](std::string label, const fleet::Split& split) {
      constexpr std::size_t kShown = 4;
      std::vector<std::string> values;
      for (const fleet::ValueCount& one : split.values) {
        if (values.size() == kShown && split.value_count > kShown + 1) break;
        values.push_back(fmt::format("{} on {} ({})", FleetValueText(one.value),
                                     one.machines.count(), NamesText(one.machines, 2)));
      }
      std::string text = fmt::format("{}", fmt::join(values, ", "));
      if (values.size() < split.value_count) {
        text += fmt::format(" and {} more values", split.value_count - values.size());
      }
      text += fmt::format(": which of {} like machines are right no count can tell", split.of);
      rows_.push_back(Row(std::move(label), TitleOf(split.reg), text));
    });
  }

  void AddRules() {
    AddEach("rules", findings_.rules, [&](std::string label, const fleet::FailingRule& rule) {
      rows_.push_back(
          Row(std::move(label), rule.rule,
              fmt::format("fails on {}{}: {}", rule.fail, rule.counted == 0 ? " (advice)" : "",
                          NamesText(rule.machines, room_.names))));
    });
  }

  void AddGroups() {
    AddEach("kinds", findings_.groups, [&](std::string label, const fleet::Group& group) {
      rows_.push_back(Row(std::move(label), Counted(group.machines, "machine"),
                          fmt::format("{}, firmware {}", KinText(group.kin),
                                      group.firmware.empty() ? "not recorded" : group.firmware)));
    });
  }

  void AddLevels(std::string_view what, const std::vector<fleet::Level>& levels) {
    AddEach(what, levels, [&](std::string label, const fleet::Level& level) {
      const std::string of = level.of.empty() ? std::string("not recorded") : level.of;
      rows_.push_back(Row(std::move(label),
                          level.version.empty() ? std::string("not recorded") : level.version,
                          fmt::format("{} ({}{})", Counted(level.machines, "machine"), of,
                                      level.date.empty() ? "" : fmt::format(", {}", level.date))));
    });
  }

  void AddBoots() {
    AddEach("boots", findings_.boots, [&](std::string label, const fleet::InSomeBoots& one) {
      std::string text = fmt::format("{} {} = {}", CpusText(one.cpus), TitleOf(one.reg),
                                     FleetValueText(one.value));
      if (one.usual) {
        text += fmt::format(", usually {},", FleetValueText(*one.usual));
      } else {
        text += ", no value is usual,";
      }
      text += fmt::format(" in {} of {} recordings: {}", one.boots.count(), one.recordings,
                          NamesText(one.boots, room_.names));
      rows_.push_back(Row(std::move(label), one.machine, text));
    });
  }

  void AddChanges() {
    AddEach("changed", findings_.changes, [&](std::string label, const fleet::Change& change) {
      const std::vector<std::string> parts = ChangesText(change);
      rows_.push_back(Row(
          std::move(label), change.machine,
          fmt::format("from {} to {}: {}", change.before, change.after, fmt::join(parts, "; "))));
    });
  }

  void AddUnread() {
    AddEach("not read", findings_.unread, [&](std::string label, const fleet::Unread& unread) {
      rows_.push_back(Row(std::move(label), unread.machine, unread.why));
    });
    if (findings_.not_recordings == 0 || options_.verbosity == Verbosity::kQuiet) return;
    rows_.push_back(
        Prose("", fmt::format("Files that are no recordings: {}.", findings_.not_recordings)));
  }

  void AddLeftOut() {
    AddEach("left out", findings_.left_out, [&](std::string label, const fleet::ByNature& row) {
      rows_.push_back(Row(std::move(label), std::string(row.name),
                          fmt::format("{} ({})", row.reason, row.spec)));
    });
  }

  const Findings& findings_;
  const RenderOptions& options_;
  Room room_;
  std::vector<TextRow> rows_;
};

}  // namespace

std::size_t MostShown(const RenderOptions& options) { return Room::Of(options.verbosity).rows; }

std::string RenderFleetText(const Findings& findings, const RenderOptions& options) {
  return Text(findings, options).Render();
}

}  // namespace vtprobe
