// How far long work has come, for somebody who waits at a terminal.

#ifndef VTPROBE_TOOLS_VTPROBE_PROGRESS_H_
#define VTPROBE_TOOLS_VTPROBE_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace vtprobe {

// Shows one line on standard error while it lives and takes it away at its end.
// Silent where standard error is no terminal.
class Progress {
 public:
  // `what` is counted: "CPUs read". It must outlive this.
  explicit Progress(std::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // For CapturePlan::progress and its like; empty where nothing is to be shown. It
  // must not outlive this.
  std::function<void(std::size_t done)> Callback();

 private:
  std::string_view what_;
  bool on_terminal_;
  std::optional<std::chrono::steady_clock::time_point> shown_;  // when last
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_PROGRESS_H_
