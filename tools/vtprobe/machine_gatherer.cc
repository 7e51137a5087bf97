#include "machine_gatherer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/natural_order.h"
#include "vtprobe/import/difference.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Names the base of a machine that holds only what differs from one.
constexpr std::string_view kManifest = "manifest.toml";

// The folder and the name in it.
std::pair<std::string_view, std::string_view> Split(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool IsWithin(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.starts_with(folder) && path[folder.size()] == '/');
}

}  // namespace

bool MachineGatherer::Wants(std::string_view path) {
  const auto [folder, name] = Split(path);
  const Kind kind = Enter(folder).kind;
  return kind == Kind::kDifference ? name == kManifest : kind != Kind::kOneDump;
}

void MachineGatherer::Add(std::string_view path, std::string content) {
  const auto [folder_path, name] = Split(path);
  Folder& folder = Enter(folder_path);
  import::Input file{NameOf(path), std::move(content), true};
  switch (folder.kind) {
    case Kind::kOneDump:
      return;
    case Kind::kDifference:
      if (name == kManifest) kept_.Keep(file);
      return;
    case Kind::kOpen:
      return AddToOpen(name, std::move(file), &folder);
    case Kind::kEachFile:
      if (name != kWholeMachine && name != kFirstOfWholeFolder) return TakeFile(std::move(file));
      return Refuse(file.name, fmt::format("it comes behind more than {} MiB of files of its "
                                           "folder: extract the archive and name the folder",
                                           kMostWaiting >> 20));
  }
}

void MachineGatherer::Finish() {
  while (!open_.empty()) {
    Close(&open_.back());
    open_.pop_back();
  }
  for (import::Input& file : std::exchange(differences_, {})) TakeDifference(std::move(file));
}

MachineGatherer::Folder& MachineGatherer::Enter(std::string_view path) {
  while (!open_.empty() && !IsWithin(path, open_.back().path)) {
    Close(&open_.back());
    open_.pop_back();
  }
  if (open_.empty() || open_.back().path != path) {
    open_.push_back(Folder{.path = std::string(path), .waiting = {}});
  }
  return open_.back();
}

void MachineGatherer::AddToOpen(std::string_view name, import::Input file, Folder* folder) {
  if (name == kWholeMachine) {
    if (IsDumpDifference(file.content)) return AddDifference(std::move(file), folder);
    Empty(folder, Kind::kOneDump);
    kept_.Keep(file);
    return TakeFile(std::move(file));
  }
  // Of what is no recording the name is enough.
  constexpr std::size_t kLong = std::size_t{1} << 20;
  if (file.content.size() >= kLong && !import::MayBeRecording(file.content)) file.content = {};
  folder->has_pu0 = folder->has_pu0 || name == kFirstOfWholeFolder;
  const std::size_t size = file.content.capacity() + file.name.capacity() + sizeof(file);
  folder->size += size;
  waiting_size_ += size;
  folder->waiting.push_back(std::move(file));
  MakeRoom();
}

void MachineGatherer::MakeRoom() {
  while (waiting_size_ > kMostWaiting) {
    Folder& folder =
        *std::max_element(open_.begin(), open_.end(),
                          [](const Folder& a, const Folder& b) { return a.size < b.size; });
    if (!folder.has_pu0) {
      folder.kind = Kind::kEachFile;
      TakeEach(&folder);
      continue;
    }
    Empty(&folder, Kind::kOneDump);
    Refuse(NameOf(folder.path),
           fmt::format("expected a machine of at most {} MiB", kMostWaiting >> 20));
  }
}

void MachineGatherer::Empty(Folder* folder, Kind kind) {
  folder->kind = kind;
  folder->waiting = {};
  waiting_size_ -= std::exchange(folder->size, 0);
}

void MachineGatherer::AddDifference(import::Input file, Folder* folder) {
  for (const import::Input& other : folder->waiting) {
    if (Split(other.name).second == kManifest) kept_.Keep(other);
  }
  Empty(folder, Kind::kDifference);
  if (!kept_.Takes(file)) {
    return Refuse(file.name,
                  fmt::format("it holds only what differs from a base and comes behind "
                              "more than {} MiB: extract the archive and name the folder",
                              KeptFiles::kMost >> 20));
  }
  differences_.push_back(std::move(file));
}

void MachineGatherer::Close(Folder* folder) {
  if (!folder->has_pu0 || folder->kind != Kind::kOpen) return TakeEach(folder);
  std::vector<import::Input> files = std::move(folder->waiting);
  Empty(folder, folder->kind);
  std::sort(files.begin(), files.end(), [](const import::Input& a, const import::Input& b) {
    return IsNaturallyBefore(a.name, b.name);
  });
  for (import::Input& file : files) file.is_named = false;
  take_({NameOf(folder->path), std::move(files)});
}

void MachineGatherer::TakeEach(Folder* folder) {
  std::vector<import::Input> files = std::move(folder->waiting);
  Empty(folder, folder->kind);
  for (import::Input& file : files) TakeFile(std::move(file));
}

void MachineGatherer::TakeFile(import::Input file) {
  std::string name = file.name;
  std::vector<import::Input> files;
  files.push_back(std::move(file));
  take_({std::move(name), std::move(files)});
}

void MachineGatherer::TakeDifference(import::Input file) {
  std::string name = file.name;
  auto whole =
      import::MadeWhole(std::move(file), [&](const std::string& path) { return kept_.Find(path); });
  if (whole) return TakeFile(*std::move(whole));
  take_({std::move(name), Failure{kMalformedInput, Described(whole.error())}});
}

void MachineGatherer::Refuse(const std::string& name, std::string_view why) {
  take_({name, Failure{kMalformedInput, fmt::format("{}: {}", Printable(name), why)}});
}

}  // namespace vtprobe
