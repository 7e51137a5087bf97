#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "json_text.h"
#include "vtprobe/report/fleet.h"

namespace vtprobe {
namespace {

// Of the byte of that number, from 1 on.
FleetJsonError At(std::string_view text, std::size_t byte, std::string message) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n');
  const std::size_t column =
      start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return {lines + 1, column + 1, std::move(message)};
}

}  // namespace

tl::expected<fleet::Fold, FleetJsonError> ReadFleetJson(std::string_view text) {
  const std::string no_report = fmt::format(
      "expected a report of schema {}, as fleet report --format json writes it", kFleetSchema);
  try {
    const OrderedJson report = OrderedJson::parse(text);
    if (!report.is_object() || report.value("schema", "") != kFleetSchema) {
      return tl::unexpected(FleetJsonError{1, 1, no_report});
    }
    fleet::Way way;
    way.tool_version = report.at("tool").at("version");
    return fleet::Fold::FromJson(report.at("fold").dump(), std::move(way))
        .map_error([&](const std::string& why) {
          return FleetJsonError{1, 1, fmt::format("{}: {}", no_report, why)};
        });
  } catch (const nlohmann::json::parse_error& error) {
    return tl::unexpected(At(text, error.byte, no_report));
  } catch (const nlohmann::json::exception& error) {
    return tl::unexpected(FleetJsonError{1, 1, fmt::format("{}: {}", no_report, error.what())});
  }
}

}  // namespace vtprobe
