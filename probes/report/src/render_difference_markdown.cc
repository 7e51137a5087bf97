// A difference as a release note, for those who get another firmware build.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "difference_text.h"
#include "markdown.h"
#include "register_text.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// What others wrote, letter by letter and in one line.
std::string Cell(std::string_view text) { return Markdown(Printable(text)); }

// The firmware's versions, if they differ, and else the recordings.
std::string Title(const Difference& difference) {
  for (const MetadataChange& change : difference.metadata) {
    if (change.key == meta::kFirmwareVersion) return ChangeText(change);
  }
  return fmt::format("{}{}{}", difference.before_name, kArrow, difference.after_name);
}

class Note {
 public:
  explicit Note(const Difference& difference) : difference_(difference) {}

  std::string Text() {
    text_ = fmt::format("# {}\n\n{}\n\n", Cell(Title(difference_)),
                        Cell(DifferenceHeadline(difference_)));
    AddMachines();
    AddChanges("Worse", Direction::kWorse);
    AddChanges("Better", Direction::kBetter);
    AddChanges("Other rules", Direction::kNeither);
    AddRegisters();
    for (const auto& [title, items] : OtherLists(difference_)) AddList(title, items);
    return std::move(text_);
  }

 private:
  void AddMachines() {
    text_ += "| | before | after |\n|---|---|---|\n";
    AddRow({"recording", difference_.before_name, difference_.after_name});
    for (const MetadataChange& change : difference_.metadata) {
      AddRow({change.key, change.before.value_or("-"), change.after.value_or("-")});
    }
  }

  void AddChanges(std::string_view title, Direction direction) {
    std::vector<std::string> items;
    if (direction == Direction::kWorse && !difference_.cpus_gone.empty()) {
      items.push_back(CpusText(difference_.cpus_gone) + ": online before, and not after");
    }
    for (const RuleChange& change : difference_.rules) {
      if (change.direction != direction) continue;
      std::string item = fmt::format("{}: {}", change.rule, ChangeText(change));
      for (const std::string& complaint : Complaints(change)) item += ". " + complaint;
      items.push_back(std::move(item));
    }
    for (std::string& lock : LockChanges(difference_, direction)) items.push_back(std::move(lock));
    AddList(title, items);
  }

  void AddRegisters() {
    if (!difference_.cpus_new.empty()) {
      AddList("New CPUs", {CpusText(difference_.cpus_new) + ": online after, and not before"});
    }
    if (difference_.registers.empty()) return;
    text_ += "\n## Registers\n\n| register | CPUs | change | fields |\n|---|---|---|---|\n";
    for (const RegisterDifference& reg : difference_.registers) {
      for (const RegisterChange& change : reg.changes) {
        std::vector<std::string> fields;
        for (const FieldChange& field : change.fields) fields.push_back(ChangeText(field));
        AddRow({reg.title, change.cpus.ToString(), ChangeText(change),
                fmt::format("{}", fmt::join(fields, ", "))});
      }
    }
  }

  void AddList(std::string_view title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    text_ += fmt::format("\n## {}\n\n", title);
    for (const std::string& item : items) text_ += fmt::format("- {}\n", Cell(item));
  }

  void AddRow(const std::vector<std::string>& cells) {
    text_ += '|';
    for (const std::string& cell : cells) text_ += fmt::format(" {} |", Cell(cell));
    text_ += '\n';
  }

  const Difference& difference_;
  std::string text_;
};

}  // namespace

std::string RenderDifferenceMarkdown(const Difference& difference) {
  return Note(difference).Text();
}

}  // namespace vtprobe
