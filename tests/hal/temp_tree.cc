#include "hal/temp_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>

namespace vtprobe {

TempTree::TempTree() {
  std::string name = testing::TempDir() + "vtprobe_XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder: " << name;
  root_ = name;
}

TempTree::~TempTree() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void TempTree::MakeFolder(const std::string& path) {
  std::filesystem::create_directories(root_ / path);
}

void TempTree::Write(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const std::filesystem::path file = root_ / path;
  std::filesystem::create_directories(file.parent_path());
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  EXPECT_EQ(written, static_cast<ssize_t>(bytes.size())) << file;
  ::close(fd);
}

std::string ContentOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace vtprobe
