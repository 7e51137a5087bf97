// Guests by KVM: on each CPU a virtual machine of one virtual CPU and nine pages,
// which runs a few instructions in 16-bit real mode, and another in 64-bit mode
// with paging. A result that differs from what was computed here is told with both
// values.
//
// Needs no privilege but to open /dev/kvm, and writes no register: what a guest
// does stays in it. [linux] Documentation/virt/kvm/api.rst

#ifndef VTPROBE_PROOF_KVM_H_
#define VTPROBE_PROOF_KVM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "vtprobe/proof/guest_runner.h"

namespace vtprobe {

// The system calls beneath, so that a test can stand in for KVM. Thread-safety:
// all calls may run at the same time.
class KvmDevice {
 public:
  virtual ~KvmDevice() = default;

  // A descriptor of /dev/kvm, or -errno.
  virtual int Open() = 0;
  // ioctl(2) of a descriptor that came from here. Its result, or -errno. The
  // argument is a number or an address, as KVM's documentation has it.
  virtual int Ioctl(int fd, std::uint64_t request, std::uintptr_t argument) = 0;
  // Memory that is shared with the kernel; null if it can't be had.
  virtual void* Map(int fd, std::size_t size) = 0;
  virtual void Unmap(void* address, std::size_t size) = 0;
  virtual void Close(int fd) = 0;

 protected:
  KvmDevice() = default;
  KvmDevice(const KvmDevice&) = default;
  KvmDevice& operator=(const KvmDevice&) = default;
};

// The kernel's. A call to run a guest that has not come back after five seconds is
// interrupted by SIGALRM, of which this class installs a handler.
class LinuxKvmDevice final : public KvmDevice {
 public:
  LinuxKvmDevice();

  int Open() override;
  int Ioctl(int fd, std::uint64_t request, std::uintptr_t argument) override;
  void* Map(int fd, std::size_t size) override;
  void Unmap(void* address, std::size_t size) override;
  void Close(int fd) override;
};

class KvmGuestRunner final : public GuestRunner {
 public:
  // Opens the device, which outlives this.
  explicit KvmGuestRunner(KvmDevice& device);
  ~KvmGuestRunner() override;

  // Why no CPU can be asked, as a clause; empty if it can.
  const std::string& unavailable() const { return unavailable_; }
  GuestRun Run(LogicalCpu cpu, std::uint64_t input) override;

 private:
  KvmDevice& device_;
  int fd_;
  std::string unavailable_;
  std::size_t run_size_ = 0;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROOF_KVM_H_
