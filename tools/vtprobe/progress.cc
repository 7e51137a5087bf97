#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "output.h"

namespace vtprobe {
namespace {

// Back to the first column, and the rest of the line erased. [ecma-48] EL
constexpr const char* kStartOver = "\r\x1b[K";

}  // namespace

Progress::Progress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) PrintError(kStartOver);
}

std::function<void(std::size_t done)> Progress::Callback() {
  if (!on_terminal_) return {};
  return [this](std::size_t done) {
    PrintError(fmt::format("{}vtprobe: {} CPUs read ...", kStartOver, done));
    shown_ = true;
  };
}

}  // namespace vtprobe
