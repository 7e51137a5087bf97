#include "vtprobe/probes/sequence_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "toml.h"

namespace vtprobe {
namespace {

constexpr std::string_view kRecordings = "recordings";

tl::unexpected<TomlError> ErrorAt(const toml::source_region& place, std::string message) {
  // An empty text has no place of its own.
  return tl::unexpected(TomlError{std::max(place.begin.line, 1u), std::max(place.begin.column, 1u),
                                  std::move(message)});
}

// A list comes with its folder, maybe from a stranger, and speaks of nothing else.
bool LeadsOut(const std::filesystem::path& name) {
  return name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end();
}

}  // namespace

tl::expected<std::vector<std::string>, TomlError> ParseSequenceList(std::string_view text) {
  const auto table = ParseToml(text);
  if (!table) return tl::unexpected(table.error());
  for (const auto& [key, node] : *table) {
    if (key.str() != kRecordings) {
      constexpr std::size_t kLongestNamed = 80;
      return ErrorAt(key.source(), fmt::format("{} is no key of this file; it has recordings",
                                               key.str().substr(0, kLongestNamed)));
    }
  }
  const toml::array* const recordings = (*table)[kRecordings].as_array();
  if (recordings == nullptr || recordings->empty()) {
    return ErrorAt(table->source(), "expected recordings = [\"first.dump\", \"second.dump\"]");
  }
  if (recordings->size() > kMostRecordings) {
    return ErrorAt(recordings->source(),
                   fmt::format("expected at most {} recordings", kMostRecordings));
  }
  std::vector<std::string> names;
  for (const toml::node& node : *recordings) {
    auto name = node.value_exact<std::string>();
    if (!name || name->empty()) return ErrorAt(node.source(), "expected the name of a recording");
    if (LeadsOut(*name)) {
      return ErrorAt(node.source(), "expected a recording of this folder: a path within it");
    }
    names.push_back(*std::move(name));
  }
  return names;
}

}  // namespace vtprobe
