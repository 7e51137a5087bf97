#include "output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "fd_io.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// What is written to as it is: a pipe, a terminal, a device.
class Stream final : public Output {
 public:
  Stream(std::string name, Fd fd) : Output(std::move(name)), fd_(std::move(fd)) {}

  int TryToWrite(std::string_view text) override {
    const int error = WriteAll(fd_.get(), text);
    // Some file systems tell only here that there was no room.
    const int closing = fd_.Close();
    return error != 0 ? error : closing;
  }

 private:
  Fd fd_;
};

class StandardOutput final : public Output {
 public:
  StandardOutput() : Output("standard output") {}

  int TryToWrite(std::string_view text) override {
    if (const int error = WriteAll(STDOUT_FILENO, text); error != 0) return error;
    Fd copy(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    return copy.valid() ? copy.Close() : errno;
  }
};

class File final : public Output {
 public:
  File(std::string name, OutputPlace place, OutputMode mode)
      : Output(std::move(name)), place_(std::move(place)), mode_(mode) {}

  const OutputPlace* place() const override { return &place_; }
  int TryToWrite(std::string_view text) override { return WriteOutputFile(place_, mode_, text); }

 private:
  OutputPlace place_;
  OutputMode mode_;
};

}  // namespace

Output::Output(std::string name) : name_(std::move(name)) {}
Output::~Output() = default;

OrFailure<void> Output::Write(std::string_view text) {
  const int error = TryToWrite(text);
  if (error == 0) return {};
  return Fails(kOutputFailed, fmt::format("can't write {}: {}", name_, ErrnoText(error)));
}

OrFailure<std::unique_ptr<Output>> OpenOutput(const std::optional<std::string>& path,
                                              OutputMode mode) {
  if (!path || *path == "-") return std::make_unique<StandardOutput>();
  if (path->empty()) return Fails(kUsageError, "--output needs the name of a file");
  std::string name = Printable(*path);
  auto place = FindOutputPlace(*path);
  if (!place) {
    return Fails(kOutputFailed, fmt::format("can't write {}: {}", name, place.error()));
  }
  if (place->stream.valid()) {
    return std::make_unique<Stream>(std::move(name), std::move(place->stream));
  }
  return std::make_unique<File>(std::move(name), *std::move(place), mode);
}

void PrintError(std::string_view text) { static_cast<void>(WriteAll(STDERR_FILENO, text)); }

}  // namespace vtprobe
