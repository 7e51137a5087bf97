// A folder of a test's own, gone when the test ends.

#ifndef VTPROBE_TESTS_HAL_TEMP_TREE_H_
#define VTPROBE_TESTS_HAL_TEMP_TREE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vtprobe {

class TempTree {
 public:
  TempTree();
  ~TempTree();
  TempTree(const TempTree&) = delete;
  TempTree& operator=(const TempTree&) = delete;

  std::string root() const { return root_.string(); }

  void MakeFolder(const std::string& path);
  // Writes the bytes at that offset of the file, and makes file and folders as
  // needed. What was not written is a hole of zeros.
  void Write(const std::string& path, std::uint64_t offset, std::string_view bytes);

 private:
  std::filesystem::path root_;
};

// A file's bytes; none where there is no file.
std::string ContentOf(const std::filesystem::path& path);

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_TEMP_TREE_H_
