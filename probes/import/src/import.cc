#include "vtprobe/import/import.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "vtprobe/hal/natural_order.h"
#include "vtprobe/import/difference.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = std::size_t{1} << 30;

std::string CantBeRead(std::string_view why) { return std::string("can't be read: ").append(why); }

tl::unexpected<Error> CantRead(const fs::path& path, std::string_view why) {
  return tl::unexpected(Error{path.string(), 0, 0, CantBeRead(why)});
}

// The bytes, or why they can't be had.
tl::expected<std::string, std::string> ReadFile(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return tl::unexpected(CantBeRead(error.message()));
  if (size > kLargest) return tl::unexpected(CantBeRead("a recording has at most 1 GiB"));
  std::string bytes(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (stream.bad() || !stream.is_open()) {
    return tl::unexpected(CantBeRead("it can't be opened"));
  }
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

// Adds the file to `inputs`; nothing if all is well.
std::optional<tl::unexpected<Error>> AddFile(const fs::path& path, bool is_named,
                                             std::vector<Input>* inputs) {
  auto bytes = ReadFile(path);
  if (!bytes) return tl::unexpected(Error{path.string(), 0, 0, std::move(bytes.error())});
  auto whole = MadeWhole({path.string(), *std::move(bytes), is_named}, ReadFile);
  if (!whole) return tl::unexpected(std::move(whole.error()));
  inputs->push_back(*std::move(whole));
  return std::nullopt;
}

}  // namespace

tl::expected<Imported, Error> Import(const fs::path& path, const Options& options) {
  std::vector<Input> inputs;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (auto failed = AddFile(path, /*is_named=*/true, &inputs)) return *std::move(failed);
    return ReadRecording(std::move(inputs), nullptr, options);
  }
  fs::directory_iterator entry(path, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    if (auto failed = AddFile(entry->path(), /*is_named=*/false, &inputs)) {
      return *std::move(failed);
    }
  }
  if (error) return CantRead(path, error.message());
  std::sort(inputs.begin(), inputs.end(),
            [](const Input& a, const Input& b) { return IsNaturallyBefore(a.name, b.name); });
  return ReadRecording(std::move(inputs), nullptr, options);
}

tl::expected<Imported, Error> Import(std::string name, std::string bytes, const Options& options) {
  std::vector<Input> inputs;
  inputs.push_back({std::move(name), std::move(bytes)});
  return ReadRecording(std::move(inputs), nullptr, options);
}

}  // namespace vtprobe::import
