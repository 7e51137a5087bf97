// A difference for people and for programs: what it means first, then what it is.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "difference_text.h"
#include "json_text.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

class Body {
 public:
  explicit Body(const Difference& difference) : difference_(difference) {}

  std::vector<TextRow> Rows() {
    rows_.emplace_back();
    Add("before", difference_.before_name);
    Add("after", difference_.after_name);
    for (const MetadataChange& change : difference_.metadata) {
      Add(change.key, ChangeText(change));
    }
    AddRules();
    AddRegisters();
    AddOneSided("only before", difference_.only_before);
    AddOneSided("only after", difference_.only_after);
    if (!difference_.left_out.empty()) {
      rows_.emplace_back();
      rows_.push_back({"left out", {}, difference_.left_out, ", "});
      Add("", "These differ by themselves.");
    }
    if (!difference_.ignored.empty()) {
      rows_.emplace_back();
      rows_.push_back({"ignored", {}, difference_.ignored, ", "});
    }
    return std::move(rows_);
  }

 private:
  void Add(std::string label, std::string_view text) {
    if (!text.empty()) rows_.push_back(Prose(std::move(label), text));
  }

  void AddRules() {
    const auto lost = LockChanges(difference_, Direction::kWorse);
    const auto gained = LockChanges(difference_, Direction::kBetter);
    if (!difference_.rules.empty() || !lost.empty() || !gained.empty()) rows_.emplace_back();
    for (const RuleChange& change : difference_.rules) {
      Add(change.direction == Direction::kNeither ? "rule" : std::string(Name(change.direction)),
          fmt::format("{}: {}", change.rule, ChangeText(change)));
      for (const std::string& complaint : Complaints(change)) Add("", complaint);
    }
    for (const std::string& lock : lost) Add("worse", lock);
    for (const std::string& lock : gained) Add("better", lock);
  }

  void AddRegisters() {
    if (!difference_.registers.empty() || !difference_.cpus_gone.empty() ||
        !difference_.cpus_new.empty()) {
      rows_.emplace_back();
    }
    if (!difference_.cpus_gone.empty()) {
      Add(CpusLabel(difference_.cpus_gone), "online before, and not after");
    }
    if (!difference_.cpus_new.empty()) {
      Add(CpusLabel(difference_.cpus_new), "online after, and not before");
    }
    for (const RegisterDifference& reg : difference_.registers) {
      for (const RegisterChange& change : reg.changes) {
        TextRow row;
        row.label = CpusLabel(change.cpus);
        row.lead = fmt::format("{}  {}", reg.title, ChangeText(change));
        row.separator = kFieldSeparator;
        for (const FieldChange& field : change.fields) {
          row.items.push_back(ChangeText(field));
        }
        rows_.push_back(std::move(row));
      }
    }
    AddFeatures("came", true);
    AddFeatures("went", false);
  }

  void AddFeatures(std::string label, bool came) {
    TextRow row{std::move(label), {}, FeatureChanges(difference_, came), ", "};
    if (!row.items.empty()) rows_.push_back(std::move(row));
  }

  void AddOneSided(const std::string& label, const std::vector<OneSided>& registers) {
    if (registers.empty()) return;
    rows_.emplace_back();
    TextRow row{label, {}, {}, ", "};
    for (const OneSided& reg : registers) {
      row.items.push_back(fmt::format("{} of {}", reg.title, CpusText(reg.cpus)));
    }
    rows_.push_back(std::move(row));
  }

  const Difference& difference_;
  std::vector<TextRow> rows_;
};

OrderedJson FindingsJson(const std::vector<Finding>& findings) {
  OrderedJson json = OrderedJson::array();
  for (const Finding& finding : findings) {
    OrderedJson entry;
    entry["outcome"] = Name(finding.outcome);
    entry["cpus"] = finding.cpus.ToString();
    entry["message"] = finding.message;
    entry["severity"] = Name(finding.severity);
    entry["spec"] = finding.spec;
    entry["remedy"] = finding.remedy;
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson ReadingJson(const RegisterReading& reading) {
  OrderedJson json;
  AddValue(reading, &json);
  return json;
}

OrderedJson RegisterJson(const RegisterDifference& reg) {
  OrderedJson json;
  json["register"] = reg.info.name.empty() ? OrderedJson() : OrderedJson(reg.info.name);
  json["title"] = reg.title;
  json["address"] = reg.info.address;
  json["changes"] = OrderedJson::array();
  for (const RegisterChange& change : reg.changes) {
    OrderedJson entry;
    entry["cpus"] = change.cpus.ToString();
    entry["before"] = ReadingJson(change.before);
    entry["after"] = ReadingJson(change.after);
    entry["changed"] = fmt::format("{:#x}", change.changed);
    entry["fields"] = OrderedJson::array();
    for (const FieldChange& field : change.fields) {
      OrderedJson field_json;
      field_json["field"] = field.field.name;
      field_json["before"] = fmt::format("{:#x}", field.before);
      field_json["after"] = fmt::format("{:#x}", field.after);
      if (field.direction != Direction::kNeither) field_json["direction"] = Name(field.direction);
      entry["fields"].push_back(std::move(field_json));
    }
    json["changes"].push_back(std::move(entry));
  }
  return json;
}

OrderedJson OneSidedJson(const std::vector<OneSided>& registers) {
  OrderedJson json = OrderedJson::array();
  for (const OneSided& reg : registers) {
    OrderedJson entry;
    entry["title"] = reg.title;
    entry["cpus"] = reg.cpus.ToString();
    json.push_back(std::move(entry));
  }
  return json;
}

}  // namespace

std::string RenderDifferenceText(const Difference& difference, const RenderOptions& options) {
  const Colour colour = difference.empty()                    ? Colour::kGreen
                        : Differs(difference, FailOn::kWorse) ? Colour::kRed
                                                              : Colour::kYellow;
  std::string text = Coloured(Printable(DifferenceHeadline(difference)), colour, options) + '\n';
  if (options.verbosity == Verbosity::kQuiet) return text;
  return text + LayOut(Body(difference).Rows(), options);
}

std::string RenderDifferenceJson(const Difference& difference, std::string_view tool_version,
                                 int exit_code) {
  OrderedJson document;
  document["schema"] = "vtprobe-difference/1";
  document["tool"] = ToolJson(tool_version);
  document["before"] = difference.before_name;
  document["after"] = difference.after_name;
  document["metadata"] = OrderedJson::array();
  for (const MetadataChange& change : difference.metadata) {
    OrderedJson entry;
    entry["key"] = change.key;
    entry["before"] = OrNull(change.before);
    entry["after"] = OrNull(change.after);
    document["metadata"].push_back(std::move(entry));
  }
  document["cpus_gone"] = difference.cpus_gone.ToString();
  document["cpus_new"] = difference.cpus_new.ToString();
  document["rules"] = OrderedJson::array();
  for (const RuleChange& change : difference.rules) {
    OrderedJson entry;
    entry["rule"] = change.rule;
    entry["direction"] = Name(change.direction);
    entry["before"] = FindingsJson(change.before);
    entry["after"] = FindingsJson(change.after);
    document["rules"].push_back(std::move(entry));
  }
  document["features"] = OrderedJson::array();
  for (const FeatureChange& change : difference.features) {
    OrderedJson entry;
    entry["feature"] = change.feature;
    entry["register"] = change.in;
    entry["change"] = change.came ? "came" : "went";
    entry["cpus"] = change.cpus.ToString();
    document["features"].push_back(std::move(entry));
  }
  document["registers"] = OrderedJson::array();
  for (const RegisterDifference& reg : difference.registers) {
    document["registers"].push_back(RegisterJson(reg));
  }
  document["only_before"] = OneSidedJson(difference.only_before);
  document["only_after"] = OneSidedJson(difference.only_after);
  document["left_out"] = difference.left_out;
  document["not_listed"] = difference.not_listed;
  document["ignored"] = difference.ignored;
  document["worse"] = Differs(difference, FailOn::kWorse);
  document["exit_code"] = exit_code;
  return JsonText(document);
}

}  // namespace vtprobe
