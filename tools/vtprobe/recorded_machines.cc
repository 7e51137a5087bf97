#include "recorded_machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "input.h"
#include "vtprobe/hal/natural_order.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

struct Listing {
  std::vector<std::string> files;
  std::vector<std::string> folders;
};

std::error_code List(const fs::path& folder, Listing* listing) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const std::string path = entry->path().string();
    if (entry->is_regular_file(ignored)) listing->files.push_back(path);
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      listing->folders.push_back(path);
    }
  }
  std::sort(listing->files.begin(), listing->files.end(), IsNaturallyBefore);
  std::sort(listing->folders.begin(), listing->folders.end(), IsNaturallyBefore);
  return error;
}

// The machines of a folder's own files.
void AppendMachines(const fs::path& folder, const std::vector<std::string>& files,
                    std::vector<MachinePaths>* machines) {
  const auto has = [&](std::string_view name) {
    return std::find(files.begin(), files.end(), (folder / name).string()) != files.end();
  };
  if (has(kWholeMachine)) {
    machines->push_back({(folder / kWholeMachine).string()});
  } else if (has(kFirstOfWholeFolder)) {
    machines->push_back({folder.string()});
  } else {
    for (const std::string& file : files) machines->push_back({file});
  }
}

}  // namespace

OrFailure<std::optional<import::Imported>> LoadIfRecording(FoundMachine machine,
                                                           import::Allowance* allowance) {
  if (const auto* const paths = std::get_if<MachinePaths>(&machine.recording)) {
    return LoadIfRecording(*paths, allowance);
  }
  auto* const files = std::get_if<std::vector<import::Input>>(&machine.recording);
  if (files == nullptr) return tl::unexpected(std::get<Failure>(machine.recording));
  for (const import::Input& file : *files) {
    // A member of an archive was refused if it is larger.
    static_cast<void>(allowance->Take(file.content.size()));
  }
  return LoadIfRecording(std::move(*files), allowance);
}

OrFailure<std::vector<MachinePaths>> MachinesIn(const std::string& folder) {
  std::vector<MachinePaths> machines;
  std::vector<std::string> pending = {folder};
  while (!pending.empty()) {
    const std::string next = std::move(pending.back());
    pending.pop_back();
    Listing listing;
    if (const auto error = List(next, &listing)) {
      return Fails(kInputMissing,
                   fmt::format("can't read {}: {}", Printable(next), error.message()));
    }
    AppendMachines(next, listing.files, &machines);
    pending.insert(pending.end(), listing.folders.rbegin(), listing.folders.rend());
  }
  return machines;
}

}  // namespace vtprobe
