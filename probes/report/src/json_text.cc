#include "json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Keys too may be from elsewhere. What is written is as deep as a report.
// NOLINTNEXTLINE(misc-no-recursion)
OrderedJson AllPrintable(const OrderedJson& json) {
  if (json.is_string()) return Printable(json.get_ref<const std::string&>());
  if (json.is_array()) {
    OrderedJson array = OrderedJson::array();
    for (const OrderedJson& element : json) array.push_back(AllPrintable(element));
    return array;
  }
  if (json.is_object()) {
    OrderedJson object = OrderedJson::object();
    for (const auto& [key, value] : json.items()) object[Printable(key)] = AllPrintable(value);
    return object;
  }
  return json;
}

bool NeedsNoGate(const OrderedJson& json) {
  if (json.is_string()) return IsPrintable(json.get_ref<const std::string&>());
  if (!json.is_structured()) return true;
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (!IsPrintable(key)) return false;
    }
  }
  return std::all_of(json.begin(), json.end(), NeedsNoGate);
}

std::string Gated(const OrderedJson& document, int indent) {
  if (NeedsNoGate(document)) return document.dump(indent) + '\n';
  return AllPrintable(document).dump(indent) + '\n';
}

}  // namespace

OrderedJson ToolJson(std::string_view version) {
  OrderedJson tool;
  tool["name"] = "vtprobe";
  tool["version"] = version;
  return tool;
}

void AddValue(const RegisterReading& value, OrderedJson* entry) {
  if (value) {
    (*entry)["value"] = fmt::format("{:#x}", *value);
    return;
  }
  (*entry)["error"] = Name(value.error());
  if (!value.IsPartial()) return;
  (*entry)["known"] = {{"mask", fmt::format("{:#x}", value.known())},
                       {"bits", fmt::format("{:#x}", value.known_bits())}};
}

OrderedJson GroupsJson(const Readings& readings) {
  OrderedJson groups = OrderedJson::array();
  for (const Readings::Group& group : readings.groups) {
    OrderedJson entry;
    entry["cpus"] = group.cpus.ToString();
    AddValue(group.value, &entry);
    groups.push_back(std::move(entry));
  }
  return groups;
}

std::string JsonText(const OrderedJson& document) {
  constexpr int kIndent = 2;
  return Gated(document, kIndent);
}

std::string JsonLine(const OrderedJson& document) {
  constexpr int kNoIndent = -1;
  return Gated(document, kNoIndent);
}

}  // namespace vtprobe
