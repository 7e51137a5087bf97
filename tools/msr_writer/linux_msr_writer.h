// A register written through the kernel's msr driver, /dev/cpu/N/msr.
//
//   errno          when      code
//   any            opening   as of one that is read (vtprobe/hal/cpu_device_files.h)
//   ENXIO          writing   kCpuOffline
//   EIO            writing   kGeneralProtection: the CPU's word
//   EPERM          writing   kLockedDown: the kernel's (lockdown, msr.allow_writes=off);
//                            the CPU was not asked
//   anything else  writing   kIo
//
// Linux taints itself with the first write (TAINT_CPU_OUT_OF_SPEC).
// [linux] arch/x86/kernel/msr.c

#ifndef VTPROBE_TOOLS_MSR_WRITER_LINUX_MSR_WRITER_H_
#define VTPROBE_TOOLS_MSR_WRITER_LINUX_MSR_WRITER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "vtprobe/hal/msr_writer.h"

namespace vtprobe::msr_writer {

// What there is to open and write, so that a test can stand in for the kernel. Each
// gives a descriptor or a number of bytes, or -errno.
struct WriteCalls {
  std::function<int(const std::string& path)> open;
  std::function<std::int64_t(int fd, std::uint64_t value, std::uint64_t offset)> pwrite;
  std::function<void(int fd)> close;
  // Whether any CPU has the driver's file; asked where one has none.
  std::function<bool()> driver_is_present;

  static WriteCalls OfKernel();
};

// Opens a CPU's file for each write, and keeps none.
class LinuxMsrWriter final : public MsrWriter {
 public:
  explicit LinuxMsrWriter(WriteCalls calls = WriteCalls::OfKernel()) : calls_(std::move(calls)) {}

  Result<void> WriteMsr(LogicalCpu cpu, MsrAddress address, std::uint64_t value) override;

 private:
  WriteCalls calls_;
};

}  // namespace vtprobe::msr_writer

#endif  // VTPROBE_TOOLS_MSR_WRITER_LINUX_MSR_WRITER_H_
