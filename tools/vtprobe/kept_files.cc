#include "kept_files.h"

#include <fmt/format.h>

#include <filesystem>

namespace vtprobe {

bool KeptFiles::Takes(const import::Input& file) {
  const std::size_t size = file.name.size() + file.content.size();
  if (size > kMost - size_) return false;
  size_ += size;
  return true;
}

void KeptFiles::Keep(const import::Input& file) {
  if (Takes(file)) contents_.insert_or_assign(Path(file.name), file.content);
}

tl::expected<std::string, std::string> KeptFiles::Find(const std::string& name) const {
  const auto found = contents_.find(Path(name));
  if (found != contents_.end()) return found->second;
  return tl::unexpected(
      fmt::format("is not in the archive, or comes behind more than {} MiB", kMost >> 20));
}

std::string KeptFiles::Path(const std::string& name) const {
  const std::filesystem::path path = name.substr(prefix_.size());
  return path.lexically_normal().generic_string();
}

}  // namespace vtprobe
