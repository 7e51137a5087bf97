#include "sequence.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRecordings = "recordings";

tl::unexpected<Failure> Malformed(const fs::path& file, const toml::source_position& place,
                                  std::string_view what) {
  return Fails(kMalformedInput, fmt::format("{}:{}:{}: {}", Printable(file.string()), place.line,
                                            place.column, Printable(what)));
}

OrFailure<std::vector<std::string>> Listed(const fs::path& file) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return Malformed(file, error.source().begin, error.description());
  }
  for (const auto& [key, node] : table) {
    if (key.str() != kRecordings) {
      return Malformed(file, key.source().begin,
                       fmt::format("{} is no key of this file; it has recordings", key.str()));
    }
  }
  const toml::array* const recordings = table[kRecordings].as_array();
  if (recordings == nullptr || recordings->empty()) {
    return Malformed(file, table.source().begin,
                     "expected recordings = [\"first.dump\", \"second.dump\"]");
  }
  std::vector<std::string> paths;
  for (const toml::node& node : *recordings) {
    const auto name = node.value_exact<std::string>();
    if (!name || name->empty()) {
      return Malformed(file, node.source().begin, "expected the name of a recording");
    }
    paths.push_back((file.parent_path() / *name).string());
  }
  return paths;
}

}  // namespace

OrFailure<std::vector<std::string>> RecordingsOf(const std::vector<std::string>& paths) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return Fails(kUsageError, "standard input can be read once");
  }
  std::vector<std::string> recordings;
  for (const std::string& path : paths) {
    const fs::path list = fs::path(path) / "sequence.toml";
    std::error_code error;
    if (path == "-" || !fs::is_regular_file(list, error)) {
      recordings.push_back(path);
      continue;
    }
    const auto listed = Listed(list);
    if (!listed) return tl::unexpected(listed.error());
    recordings.insert(recordings.end(), listed->begin(), listed->end());
  }
  return recordings;
}

}  // namespace vtprobe
