#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

#include "vtprobe/proof/kvm.h"

namespace vtprobe {
namespace {

int OrErrno(int result) { return result < 0 ? -errno : result; }

// Sends the thread that made it SIGALRM after five seconds, and then every
// second: one that comes just before the call to be interrupted interrupts
// nothing.
class Alarm {
 public:
  Alarm() {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGALRM;
    event._sigev_un._tid = ::gettid();
    is_set_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
    if (!is_set_) return;
    const itimerspec when{.it_interval = {1, 0}, .it_value = {5, 0}};
    ::timer_settime(timer_, 0, &when, nullptr);
  }
  ~Alarm() {
    if (is_set_) ::timer_delete(timer_);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  timer_t timer_{};
  bool is_set_ = false;
};

void DoNothing(int) {}

}  // namespace

LinuxKvmDevice::LinuxKvmDevice() {
  // Without SA_RESTART, so that the call returns.
  struct sigaction action {};
  action.sa_handler = DoNothing;
  ::sigaction(SIGALRM, &action, nullptr);
}

int LinuxKvmDevice::Open() { return OrErrno(::open("/dev/kvm", O_RDONLY | O_CLOEXEC)); }

int LinuxKvmDevice::Ioctl(int fd, std::uint64_t request, std::uintptr_t argument) {
  if (request != KVM_RUN) return OrErrno(::ioctl(fd, request, argument));
  const Alarm alarm;
  return OrErrno(::ioctl(fd, request, argument));
}

void* LinuxKvmDevice::Map(int fd, std::size_t size) {
  void* const address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return address == MAP_FAILED ? nullptr : address;
}

void LinuxKvmDevice::Unmap(void* address, std::size_t size) { ::munmap(address, size); }

void LinuxKvmDevice::Close(int fd) { ::close(fd); }

}  // namespace vtprobe
