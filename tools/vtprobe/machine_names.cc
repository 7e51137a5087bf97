#include "machine_names.h"

#include <cstddef>
#include <optional>

#include "recorded_machines.h"

namespace vtprobe {
namespace {

std::string_view WithoutEnd(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.ends_with(end) ? text.substr(0, text.size() - end.size())
                                                         : text;
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// "lab/n17/" and "lab/n17" are the same folder.
std::string_view WithoutSlashes(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// What of the name stands below the path, "" if it is that path itself; nothing if it
// stands elsewhere.
std::optional<std::string_view> PartBelow(std::string_view name, std::string_view path) {
  if (!name.starts_with(path)) return std::nullopt;
  name.remove_prefix(path.size());
  if (name.empty() || path == "/") return name;
  if (name.front() != '/' && name.front() != '!') return std::nullopt;
  return name.substr(1);
}

}  // namespace

std::string MachineNameOf(std::string_view name, const std::vector<std::string>& paths) {
  std::string_view path = WithoutSlashes(name);
  std::string_view named;
  for (const std::string& one : paths) {
    named = WithoutSlashes(one);
    if (const auto below = PartBelow(WithoutSlashes(name), named); below && !below->empty()) {
      path = *below;
      break;
    }
    named = {};
  }
  for (const std::string_view end : {".gz", ".xz", ".zst", ".bz2"}) path = WithoutEnd(path, end);
  if (LastPart(path) == kWholeMachine) {
    path = FolderOf(path);
    // It is all that there is in what is named.
    if (path.empty()) path = LastPart(named);
  } else {
    for (const std::string_view end : {".dump", ".vtpb"}) path = WithoutEnd(path, end);
  }
  if (named.empty()) path = LastPart(path);
  return std::string(path.empty() ? WithoutEnd(kWholeMachine, ".dump") : path);
}

}  // namespace vtprobe
