#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
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

// A report nests seven deep.
constexpr std::size_t kDeepest = 32;

// The number of the byte, from 1 on, that nests deeper; nothing if none does.
std::optional<std::size_t> TooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool is_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_string) {
      if (c == '\\') ++i;
      is_string = c != '"';
    } else if (c == '"') {
      is_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return i + 1;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<fleet::Fold, FleetJsonError> ReadFleetJson(std::string_view text,
                                                        std::string_view tool_version) {
  const std::string no_report = fmt::format(
      "expected a report of schema {}, as fleet report --format json writes it", kFleetSchema);
  if (const auto byte = TooDeep(text)) {
    return tl::unexpected(
        At(text, *byte, fmt::format("{}: nested deeper than {} levels", no_report, kDeepest)));
  }
  try {
    const OrderedJson report = OrderedJson::parse(text);
    if (!report.is_object() || report.value("schema", "") != kFleetSchema) {
      return tl::unexpected(FleetJsonError{1, 1, no_report});
    }
    const std::string version = report.at("tool").at("version");
    if (version != tool_version) {
      return tl::unexpected(FleetJsonError{
          1, 1,
          fmt::format("made by version {}, of which version {} can't merge reports: merge them "
                      "with the version that made them",
                      version, tool_version)});
    }
    // The fold is written anew, so that its reader needs no library of JSON to be named.
    return fleet::Fold::FromJson(report.at("fold").dump(), version)
        .map_error([&](const std::string& why) {
          return FleetJsonError{1, 1, fmt::format("{}: fold.{}", no_report, why)};
        });
  } catch (const nlohmann::json::parse_error& error) {
    return tl::unexpected(At(text, error.byte, no_report));
  } catch (const nlohmann::json::exception& error) {
    return tl::unexpected(FleetJsonError{1, 1, fmt::format("{}: {}", no_report, error.what())});
  }
}

}  // namespace vtprobe
