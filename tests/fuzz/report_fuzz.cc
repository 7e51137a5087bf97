// Any two recordings in one input, divided by a form feed: both are judged, told
// in every format, and held against each other.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "check.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace {

using vtprobe::Check;

vtprobe::PlatformSnapshot Recording(std::string_view text) {
  // What is not one is an empty one, so that one broken half does not end it.
  return vtprobe::ParseDump(text).value_or(vtprobe::PlatformSnapshot());
}

void Render(const vtprobe::PlatformSnapshot& snapshot) {
  const auto report = vtprobe::MakeReport(snapshot, "0", "fuzz");
  for (const vtprobe::ReportFormat& format : vtprobe::ReportFormats()) {
    const std::string text = format.render(report, {});
    Check(!text.empty());
    const bool is_json = format.name == "json" || format.name == "sarif";
    Check(!is_json || nlohmann::json::accept(text));
    // The one that is laid out.
    if (format.name == "text") Check(!format.render(report, {.color = true, .width = 20}).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = text.find('\f');
  const auto before = Recording(text.substr(0, middle));
  Render(before);
  Check(vtprobe::Compare({"before", before}, {"before", before}).empty());
  if (middle == std::string_view::npos) return 0;
  const auto after = Recording(text.substr(middle + 1));
  const auto difference = vtprobe::Compare({"before", before}, {"after", after});
  Check(!vtprobe::RenderDifferenceText(difference, {}).empty());
  Check(nlohmann::json::accept(vtprobe::RenderDifferenceJson(difference, "0", 1)));
  return 0;
}
