// MSRs through the kernel's msr driver: /dev/cpu/N/msr.
//
// The driver runs RDMSR on CPU N, so the calling thread need not be there; a
// thread that is spares an interrupt to that CPU. Opening needs CAP_SYS_RAWIO
// and the file's mode, and the driver is often not loaded: each way to fail
// keeps its own code, and the errno.
//
//   errno          when          code
//   ENOENT         opening       kNoDriver if no CPU has a node, else kCpuOffline
//   EPERM, EACCES  opening       kPermissionDenied
//   ENXIO          either        kCpuOffline
//   EIO            opening       kIo: a CPU without MSRs
//   EIO            reading       kGeneralProtection
//   EPERM          reading       kLockedDown: the upstream driver never says so,
//                                distributions' lockdown patches do
//   ENODATA        reading       kNotRecorded: no driver, but a recording that is
//                                served in its place (vtprobe serve)
//   (fewer bytes)  reading       kShortRead, errno 0
//   anything else  either        kIo; an interrupted call is repeated
//
// Linux: arch/x86/kernel/msr.c.

#ifndef VTPROBE_HAL_LINUX_MSR_READER_H_
#define VTPROBE_HAL_LINUX_MSR_READER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe {

class DeviceFiles;

// Each CPU's node is opened at its first read and kept open: one descriptor a
// CPU, which RLIMIT_NOFILE must bear (EMFILE is kIo). A failed open is tried
// again at the next read.
//
// Thread-safety: all calls may run at the same time, and take no lock.
class LinuxMsrReader final : public MsrReader {
 public:
  static constexpr const char* kDefaultRoot = "/dev/cpu";

  explicit LinuxMsrReader(std::string device_root = kDefaultRoot);
  LinuxMsrReader(std::string device_root, std::unique_ptr<DeviceCalls> calls);
  ~LinuxMsrReader() override;
  LinuxMsrReader(const LinuxMsrReader&) = delete;
  LinuxMsrReader& operator=(const LinuxMsrReader&) = delete;

  // Opens the files of these CPUs now. One that does not open is not tried again,
  // and its reads fail as that did. No other call meanwhile.
  void OpenAll(const CpuSet& cpus);

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;

 private:
  std::unique_ptr<DeviceFiles> files_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_MSR_READER_H_
