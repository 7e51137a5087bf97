// CPUID through the kernel's cpuid driver: /dev/cpu/N/cpuid.
//
// The driver executes the instruction on CPU N, so it answers also for a CPU to
// which a cpuset doesn't let this process go. It needs no capability, only the
// file's mode; CpuidInstruction needs neither and is the usual choice.
//
//   errno          when          code
//   ENOENT         opening       kNoDriver if no CPU has a node, else kCpuOffline
//   EPERM, EACCES  opening       kPermissionDenied
//   ENXIO          either        kCpuOffline
//   ENODATA        reading       kNotRecorded: no driver, but a recording that is
//                                served in its place (vtprobe serve)
//   (fewer bytes)  reading       kShortRead, errno 0
//   anything else  either        kIo; an interrupted call is repeated
//
// The file's offset has the leaf in its low and the subleaf in its high 32 bits.
// Offsets are signed, so a subleaf from 0x8000'0000 up can't be asked this way:
// kIo, EINVAL.
//
// Linux: arch/x86/kernel/cpuid.c.

#ifndef VTPROBE_HAL_LINUX_CPUID_DEVICE_H_
#define VTPROBE_HAL_LINUX_CPUID_DEVICE_H_

#include <memory>
#include <string>

#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe {

class DeviceFiles;

// Descriptors are kept as LinuxMsrReader keeps its own.
//
// Thread-safety: all calls may run at the same time, and take no lock.
class LinuxCpuidDevice final : public CpuidReader {
 public:
  static constexpr const char* kDefaultRoot = "/dev/cpu";

  explicit LinuxCpuidDevice(std::string device_root = kDefaultRoot);
  LinuxCpuidDevice(std::string device_root, std::unique_ptr<DeviceCalls> calls);
  ~LinuxCpuidDevice() override;
  LinuxCpuidDevice(const LinuxCpuidDevice&) = delete;
  LinuxCpuidDevice& operator=(const LinuxCpuidDevice&) = delete;

  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

 private:
  std::unique_ptr<DeviceFiles> files_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_CPUID_DEVICE_H_
