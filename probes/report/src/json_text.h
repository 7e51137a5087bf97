// How JSON reports write what they have in common.

#ifndef VTPROBE_PROBES_REPORT_SRC_JSON_TEXT_H_
#define VTPROBE_PROBES_REPORT_SRC_JSON_TEXT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/report/readings.h"

namespace vtprobe {

// Keys stay in the order in which they are added.
using OrderedJson = nlohmann::ordered_json;

OrderedJson ToolJson(std::string_view version);

template <typename T>
OrderedJson OrNull(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson();
}

// "value": "0x5", or "error": "general-protection" in its place.
void AddValue(const RegisterReading& value, OrderedJson* entry);

// The groups of one register, each with its CPUs and AddValue().
OrderedJson GroupsJson(const Readings& readings);

// Indented, with a final newline. What is no UTF-8 becomes U+FFFD.
std::string JsonText(const OrderedJson& document);
// The same in one line, as forms have it of which each line is a document.
std::string JsonLine(const OrderedJson& document);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_JSON_TEXT_H_
