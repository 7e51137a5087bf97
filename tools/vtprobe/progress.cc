#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "output.h"

namespace vtprobe {
namespace {

// Back to the first column, and the rest of the line erased. [ecma-48] EL
constexpr const char* kStartOver = "\r\x1b[K";
// Somebody reads it.
constexpr auto kInterval = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(std::string_view what)
    : what_(what), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) PrintError(kStartOver);
}

std::function<void(std::size_t done)> Progress::Callback() {
  if (!on_terminal_) return {};
  return [this](std::size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (shown_ && now - *shown_ < kInterval) return;
    PrintError(fmt::format("{}vtprobe: {} {} ...", kStartOver, done, what_));
    shown_ = now;
  };
}

}  // namespace vtprobe
