#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "fleet_text.h"
#include "json_text.h"
#include "register_text.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/report/fleet.h"

namespace vtprobe {
namespace {

OrderedJson TextOrNull(const std::string& text) {
  return text.empty() ? OrderedJson() : OrderedJson(text);
}

void AddKin(const fleet::Kin& kin, OrderedJson* json) {
  (*json)["board"] = TextOrNull(kin.board);
  (*json)["signature"] = TextOrNull(kin.signature);
  (*json)["model"] = TextOrNull(kin.model);
}

void AddKin(const fleet::Kin& kin, const std::string& firmware, OrderedJson* json) {
  AddKin(kin, json);
  (*json)["firmware"] = TextOrNull(firmware);
}

void AddRegister(const fleet::RegisterId& reg, OrderedJson* json) {
  (*json)["register"] = fleet::NameOf(reg);
  (*json)["address"] = fleet::AddressOf(reg);
}

// A reading as text, as evidence names one: a value, or the name of a failure.
std::string ReadingJson(const RegisterReading& reading) {
  return reading ? HexText(*reading) : FleetValueText(reading);
}

OrderedJson FieldsJson(const fleet::Reading& reading, const char* other) {
  OrderedJson fields = OrderedJson::array();
  for (const FieldChange& change : FieldsThatDiffer(reading)) {
    fields.push_back({{"field", change.field.name},
                      {"value", HexText(change.after)},
                      {other, HexText(change.before)}});
  }
  return fields;
}

OrderedJson OutliersJson(const fleet::Findings& findings) {
  OrderedJson outliers = OrderedJson::array();
  for (const fleet::Outlier& outlier : findings.outliers) {
    for (const std::string& machine : outlier.machines.kept()) {
      OrderedJson entry;
      entry["machine"] = machine;
      AddRegister(outlier.reading.reg, &entry);
      entry["cpus"] = outlier.reading.cpus.ToString();
      AddValue(outlier.reading.value, &entry);
      entry["majority"] = ReadingJson(outlier.reading.usual);
      entry["differing"] = HexText(outlier.reading.differing);
      entry["fields"] = FieldsJson(outlier.reading, "majority");
      entry["with_majority"] = outlier.with_usual;
      entry["of"] = outlier.of;
      AddKin(outlier.kin, outlier.firmware, &entry);
      outliers.push_back(std::move(entry));
    }
  }
  return outliers;
}

OrderedJson MoreCpusJson(const fleet::Findings& findings) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::MoreCpus& one : findings.more_cpus) {
    for (const std::string& machine : one.machines.kept()) {
      OrderedJson entry;
      entry["machine"] = machine;
      entry["cpus"] = one.cpus.ToString();
      entry["majority"] = one.usual.ToString();
      entry["with_majority"] = one.with_usual;
      entry["of"] = one.of;
      AddKin(one.kin, &entry);
      list.push_back(std::move(entry));
    }
  }
  return list;
}

OrderedJson OfFirmwareJson(const fleet::Findings& findings) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::OfFirmware& one : findings.of_firmware) {
    OrderedJson entry;
    AddKin(one.kin, one.firmware, &entry);
    AddRegister(one.reg, &entry);
    AddValue(one.value, &entry);
    entry["majority"] = ReadingJson(one.usual);
    entry["machines"] = one.machines;
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson SplitsJson(const fleet::Findings& findings) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::Split& split : findings.splits) {
    OrderedJson entry;
    AddKin(split.kin, split.firmware, &entry);
    AddRegister(split.reg, &entry);
    entry["of"] = split.of;
    entry["values"] = OrderedJson::array();
    for (const fleet::ValueCount& one : split.values) {
      OrderedJson value;
      AddValue(one.value, &value);
      value["count"] = one.machines.count();
      value["machines"] = one.machines.kept();
      entry["values"].push_back(std::move(value));
    }
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson LevelsJson(const std::vector<fleet::Level>& levels, const char* of, bool has_date) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::Level& level : levels) {
    OrderedJson entry;
    entry[of] = TextOrNull(level.of);
    entry["version"] = TextOrNull(level.version);
    if (has_date) entry["date"] = TextOrNull(level.date);
    entry["machines"] = level.machines;
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson ChangesJson(const fleet::Findings& findings) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::Change& change : findings.changes) {
    OrderedJson entry;
    entry["machine"] = change.machine;
    entry["before"] = change.before;
    entry["after"] = change.after;
    entry["readings"] = OrderedJson::array();
    for (const fleet::Reading& reading : change.readings) {
      OrderedJson one;
      AddRegister(reading.reg, &one);
      one["cpus"] = reading.cpus.ToString();
      AddValue(reading.value, &one);
      one["was"] = ReadingJson(reading.usual);
      one["fields"] = FieldsJson(reading, "was");
      entry["readings"].push_back(std::move(one));
    }
    entry["texts"] = OrderedJson::array();
    for (const fleet::Change::Text& text : change.texts) {
      entry["texts"].push_back(
          {{"what", text.what}, {"was", TextOrNull(text.before)}, {"is", TextOrNull(text.after)}});
    }
    list.push_back(std::move(entry));
  }
  return list;
}

OrderedJson BootsJson(const fleet::Findings& findings) {
  OrderedJson list = OrderedJson::array();
  for (const fleet::InSomeBoots& one : findings.boots) {
    OrderedJson entry;
    entry["machine"] = one.machine;
    entry["recordings"] = one.recordings;
    AddRegister(one.reg, &entry);
    entry["cpus"] = one.cpus.ToString();
    AddValue(one.value, &entry);
    entry["majority"] = one.usual ? OrderedJson(ReadingJson(*one.usual)) : OrderedJson();
    entry["count"] = one.boots.count();
    entry["boots"] = one.boots.kept();
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string RenderFleetJson(const fleet::Findings& findings, std::string_view fold) {
  OrderedJson document;
  document["schema"] = kFleetSchema;
  document["tool"] = ToolJson(findings.way.tool_version);
  document["profile"] = TextOrNull(findings.way.profile);
  document["against"] = TextOrNull(findings.way.against);
  document["machines"] = findings.machines;
  document["recordings"] = findings.recordings;
  for (const Usable usable : {Usable::kYes, Usable::kNotYet, Usable::kNo, Usable::kUnknown}) {
    document["usable"][std::string(Name(usable))] =
        findings.usable.at(static_cast<std::size_t>(usable));
  }
  document["groups"] = OrderedJson::array();
  for (const fleet::Group& group : findings.groups) {
    OrderedJson entry;
    AddKin(group.kin, group.firmware, &entry);
    entry["machines"] = group.machines;
    document["groups"].push_back(std::move(entry));
  }
  document["outliers"] = OutliersJson(findings);
  document["more_cpus"] = MoreCpusJson(findings);
  document["by_firmware"] = OfFirmwareJson(findings);
  document["no_majority"] = SplitsJson(findings);
  document["without_like"] = findings.without_like;
  document["rules"] = OrderedJson::array();
  for (const fleet::FailingRule& rule : findings.rules) {
    document["rules"].push_back({{"rule", rule.rule},
                                 {"fail", rule.fail},
                                 {"counted", rule.counted},
                                 {"machines", rule.machines.kept()}});
  }
  document["firmware"] = LevelsJson(findings.firmware, "board", true);
  document["microcode"] = LevelsJson(findings.microcode, "signature", false);
  document["changes"] = ChangesJson(findings);
  document["boots"] = BootsJson(findings);
  document["unread"] = OrderedJson::array();
  for (const fleet::Unread& unread : findings.unread) {
    OrderedJson entry = {{"machine", unread.machine}, {"why", unread.why}};
    if (unread.exit_code != 0) entry["exit_code"] = unread.exit_code;
    document["unread"].push_back(std::move(entry));
  }
  document["not_recordings"] = findings.not_recordings;
  document["left_out"] = OrderedJson::array();
  for (const fleet::ByNature& row : findings.left_out) {
    document["left_out"].push_back(
        {{"registers", row.name}, {"reason", row.reason}, {"spec", row.spec}});
  }
  document["exit_code"] = findings.exit_code;
  document["fold"] = OrderedJson::parse(fold);
  return JsonText(document);
}

}  // namespace vtprobe
