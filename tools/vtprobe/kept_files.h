// Files of an archive that are kept while it is read once from front to end: those
// by which a machine that holds only what differs from its base is made whole, its
// manifest and the base itself, wherever in the archive they stand.

#ifndef VTPROBE_TOOLS_VTPROBE_KEPT_FILES_H_
#define VTPROBE_TOOLS_VTPROBE_KEPT_FILES_H_

#include <cstddef>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "vtprobe/import/recording.h"

namespace vtprobe {

class KeptFiles {
 public:
  // What is kept at most, in bytes. A collection that a person keeps in order is
  // less; a fleet's archive, whose dumps are whole, is more and needs none of it.
  static constexpr std::size_t kMost = std::size_t{16} << 20;

  // Names begin with `prefix`, and paths behind it.
  explicit KeptFiles(std::string prefix) : prefix_(std::move(prefix)) {}

  // Counts the file, which somebody else keeps. False, and not counted, if that
  // would be too much.
  [[nodiscard]] bool Takes(const import::Input& file);
  // Keeps it, unless that would be too much.
  void Keep(const import::Input& file);

  // The content of the file of that name, in which ".." leads back; or why it can't
  // be had.
  tl::expected<std::string, std::string> Find(const std::string& name) const;

 private:
  std::string Path(const std::string& name) const;

  std::string prefix_;
  std::size_t size_ = 0;
  std::map<std::string, std::string> contents_;  // by path
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_KEPT_FILES_H_
