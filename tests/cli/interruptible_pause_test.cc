// A pause is ended by the signal that Ctrl-C sends. No test waits: the signal is there,
// held back, before the pause begins.

#include "interruptible_pause.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace vtprobe {
namespace {

// While it lives a SIGINT of this thread stays where it is.
class HeldBack {
 public:
  HeldBack() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
  }
  ~HeldBack() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldBack(const HeldBack&) = delete;
  HeldBack& operator=(const HeldBack&) = delete;

 private:
  sigset_t before_{};
};

TEST(InterruptiblePause, IsEndedByAnInterrupt) {
  constexpr std::chrono::seconds kTooLong(3600);
  const HeldBack held_back;
  ::raise(SIGINT);
  InterruptiblePause pause(nullptr);
  EXPECT_LT(pause.Wait(kTooLong), std::chrono::milliseconds(kTooLong));
}

TEST(InterruptiblePause, LeavesTheSignalAsItWas) {
  struct sigaction before {};
  struct sigaction after {};
  ::sigaction(SIGINT, nullptr, &before);
  const HeldBack held_back;
  InterruptiblePause pause(nullptr);
  EXPECT_GE(pause.Wait(std::chrono::seconds(0)), std::chrono::milliseconds(0));
  ::sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

}  // namespace
}  // namespace vtprobe
