#include "interruptible_pause.h"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace vtprobe {
namespace {

// That a signal came says the call that it ends.
extern "C" void Ignore(int) {}

// While it lives a SIGINT waits for ppoll() and ends that.
class Interrupt {
 public:
  Interrupt() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
    waiting_ = before_;
    sigdelset(&waiting_, SIGINT);
    struct sigaction action {};
    action.sa_handler = Ignore;
    sigaction(SIGINT, &action, &action_);
  }
  ~Interrupt() {
    sigaction(SIGINT, &action_, nullptr);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Whether the time passed undisturbed.
  bool Wait(std::chrono::nanoseconds time) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec timeout{static_cast<std::time_t>(seconds.count()),
                           static_cast<decltype(timespec::tv_nsec)>((time - seconds).count())};
    return ::ppoll(nullptr, 0, &timeout, &waiting_) == 0;
  }

 private:
  sigset_t before_{};
  sigset_t waiting_{};
  struct sigaction action_ {};
};

}  // namespace

std::chrono::milliseconds InterruptiblePause::Wait(std::chrono::seconds time) {
  using std::chrono::steady_clock;
  const Interrupt interrupt;
  const auto begin = steady_clock::now();
  const auto end = begin + time;
  for (std::size_t seconds = 1; steady_clock::now() < end; ++seconds) {
    const auto next = std::min(end, begin + std::chrono::seconds(seconds));
    const auto now = steady_clock::now();
    if (now < next && !interrupt.Wait(next - now)) break;
    if (progress_) progress_(seconds);
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
}

}  // namespace vtprobe
