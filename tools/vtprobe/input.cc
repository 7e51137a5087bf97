#include "input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "fd_io.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kLargest = std::size_t{1} << 30;

tl::unexpected<Failure> Missing(const std::string& path, std::string_view why) {
  return Fails(kInputMissing, fmt::format("can't read {}: {}", InputName(path), why));
}

OrFailure<std::string> ReadAll(const std::string& path, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Missing(path, ErrnoText(errno));
  if (S_ISDIR(status.st_mode)) return Missing(path, "it is a directory");

  std::string text;
  while (true) {
    const std::size_t size = text.size();
    text.resize(size + kBlock);
    const std::ptrdiff_t count = ReadSome(fd, text.data() + size, kBlock);
    if (count < 0) return Missing(path, ErrnoText(static_cast<int>(-count)));
    text.resize(size + static_cast<std::size_t>(count));
    const bool is_beginning = size < kBlock;
    if (count == 0 || (is_beginning && !MayBecomeDump(text))) return text;
    if (text.size() > kLargest) {
      return Fails(kMalformedInput,
                   fmt::format("{}: expected a dump of at most 1 GiB", InputName(path)));
    }
  }
}

OrFailure<std::string> ReadFile(const std::string& path) {
  if (path == "-") return ReadAll(path, STDIN_FILENO);
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return Missing(path, ErrnoText(errno));
  return ReadAll(path, fd.get());
}

}  // namespace

std::string InputName(const std::string& path) { return path == "-" ? "<stdin>" : Printable(path); }

OrFailure<PlatformSnapshot> LoadDump(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  auto snapshot = ParseDump(*text);
  if (!snapshot) {
    const DumpError& error = snapshot.error();
    return Fails(kMalformedInput, fmt::format("{}:{}:{}: {}", InputName(path), error.line,
                                              error.column, error.message));
  }
  return *std::move(snapshot);
}

}  // namespace vtprobe
