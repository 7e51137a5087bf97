// How far a long capture has come, for somebody who waits at a terminal.

#ifndef VTPROBE_TOOLS_VTPROBE_PROGRESS_H_
#define VTPROBE_TOOLS_VTPROBE_PROGRESS_H_

#include <cstddef>
#include <functional>

namespace vtprobe {

// Shows one line on standard error while it lives and takes it away at its end.
// Silent where standard error is no terminal.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // For CapturePlan::progress; empty where nothing is to be shown. It must not
  // outlive this.
  std::function<void(std::size_t done)> Callback();

 private:
  bool on_terminal_;
  bool shown_ = false;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_PROGRESS_H_
