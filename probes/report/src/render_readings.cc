#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "json_text.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {
namespace {

std::string BitsText(const Field& field) { return fmt::format("{}:{}", field.high, field.low); }

// "IA32_FEATURE_CONTROL (0x3a)", with what was asked of it.
std::string Title(const Readings& readings) {
  if (!readings.field) return readings.info.Title();
  const std::string reg =
      readings.info.name.empty() ? readings.info.Title() : std::string(readings.info.name);
  return readings.field->name.empty() ? fmt::format("{}[{}]", reg, BitsText(*readings.field))
                                      : fmt::format("{}.{}", reg, readings.field->name);
}

TextRow Row(const Readings& readings, const Readings::Group& group) {
  TextRow row;
  row.label = CpusLabel(group.cpus);
  row.lead = Title(readings);
  if (group.value.known() == 0) {
    row.items.push_back(
        fmt::format("{} ({})", NotReadText(group.value.error()), Name(group.value.error())));
    return row;
  }
  row.lead += " = " + ValueText(group.value);
  if (!readings.field) {
    row.items = VerdictFields(readings.info.definition, group.value);
    if (row.items.empty() || readings.info.is_cpuid) {
      row.items = SetFields(readings.info.fields, group.value);
    }
    row.separator = kFieldSeparator;
  }
  return row;
}

}  // namespace

std::string RenderReadingsText(const Readings& readings, const RenderOptions& options) {
  if (options.verbosity == Verbosity::kQuiet) {
    std::string values;
    for (const auto& group : readings.groups) {
      if (group.value) values += fmt::format("{:#x}\n", *group.value);
    }
    return values;
  }
  std::vector<TextRow> rows;
  for (const auto& group : readings.groups) rows.push_back(Row(readings, group));
  if (!readings.offline.empty()) rows.push_back(OfflineRow(readings.offline));
  return LayOut(rows, options);
}

std::string RenderReadingsJson(const Readings& readings, std::string_view tool_version,
                               int exit_code) {
  OrderedJson document;
  document["schema"] = "vtprobe-readings/1";
  document["tool"] = ToolJson(tool_version);
  document["register"] =
      readings.info.name.empty() ? OrderedJson() : OrderedJson(readings.info.name);
  document["address"] = readings.info.address;
  document["field"] = readings.field && !readings.field->name.empty()
                          ? OrderedJson(readings.field->name)
                          : OrderedJson();
  document["bits"] = readings.field ? OrderedJson(BitsText(*readings.field)) : OrderedJson();
  document["groups"] = GroupsJson(readings);
  document["cpus_offline"] = readings.offline.ToString();
  document["exit_code"] = exit_code;
  return JsonText(document);
}

}  // namespace vtprobe
