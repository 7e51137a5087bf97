// A folder that stands for the root of a Linux host, so that what reads procfs,
// sysfs and the kernel log can be shown any machine without being on it.

#ifndef VTPROBE_TESTS_HAL_HOST_TREE_H_
#define VTPROBE_TESTS_HAL_HOST_TREE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "hal/temp_tree.h"
#include "vtprobe/hal/host_context.h"

namespace vtprobe {

class HostTree {
 public:
  HostTree() : root_(folder_.root()) {}

  const std::filesystem::path& root() const { return root_; }

  // The path below the root, whose folder exists from now on.
  std::filesystem::path Place(std::string_view path) const {
    std::filesystem::path place = root_ / path;
    std::filesystem::create_directories(place.parent_path());
    return place;
  }
  void Write(std::string_view path, std::string_view content) const {
    std::ofstream file(Place(path), std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    ASSERT_TRUE(file.good()) << path;
  }
  void Remove(std::string_view path) const { std::filesystem::remove_all(root_ / path); }

  HostContext Read() const { return ReadHostContext(root_); }
  // What ReadHostContext() says under a key; nothing if the key is absent.
  std::optional<std::string> Meta(std::string_view key) const {
    const HostContext context = Read();
    const auto value = context.metadata.Get(key);
    return value ? std::optional<std::string>(*value) : std::nullopt;
  }

 private:
  TempTree folder_;
  std::filesystem::path root_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_HOST_TREE_H_
