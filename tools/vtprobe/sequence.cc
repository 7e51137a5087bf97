#include "sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "input.h"
#include "vtprobe/probes/sequence_list.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

OrFailure<std::vector<std::string>> Listed(const fs::path& file) {
  const auto text = ReadTextFile(file.string());
  if (!text) return tl::unexpected(text.error());
  auto names = ParseSequenceList(*text);
  if (!names) {
    return Fails(kMalformedInput,
                 fmt::format("{}:{}:{}: {}", Printable(file.string()), names.error().line,
                             names.error().column, Printable(names.error().message)));
  }
  for (std::string& name : *names) name = (file.parent_path() / name).string();
  return *std::move(names);
}

}  // namespace

tl::unexpected<Failure> StandardInputTwice() {
  return Fails(kUsageError, "standard input can be read once");
}

OrFailure<std::vector<std::string>> RecordingsOf(const std::vector<std::string>& paths) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) return StandardInputTwice();
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
