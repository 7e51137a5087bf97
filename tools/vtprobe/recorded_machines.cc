#include "recorded_machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "import/recording.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

// Appends the folder's machines; an error if it can't be listed.
std::error_code Append(const fs::path& folder, std::vector<MachinePaths>* machines) {
  std::vector<std::string> files;
  std::vector<std::string> folders;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const bool is_folder = entry->is_directory(ignored);
    if (is_folder && !entry->is_symlink(ignored)) folders.push_back(entry->path().string());
    if (entry->is_regular_file(ignored)) files.push_back(entry->path().string());
  }
  if (error) return error;

  const auto has = [&](std::string_view name) {
    return std::find(files.begin(), files.end(), (folder / name).string()) != files.end();
  };
  if (has("machine.dump")) {
    machines->push_back({(folder / "machine.dump").string()});
  } else if (has("pu0")) {
    machines->push_back({folder.string()});
  } else {
    std::sort(files.begin(), files.end(), import::IsNaturallyBefore);
    for (std::string& file : files) machines->push_back({std::move(file)});
  }
  std::sort(folders.begin(), folders.end(), import::IsNaturallyBefore);
  for (const std::string& inner : folders) {
    if (const auto inner_error = Append(inner, machines)) return inner_error;
  }
  return {};
}

}  // namespace

OrFailure<std::vector<MachinePaths>> MachinesIn(const std::string& folder) {
  std::vector<MachinePaths> machines;
  if (const auto error = Append(folder, &machines)) {
    return Fails(kInputMissing,
                 fmt::format("can't read {}: {}", Printable(folder), error.message()));
  }
  return machines;
}

}  // namespace vtprobe
