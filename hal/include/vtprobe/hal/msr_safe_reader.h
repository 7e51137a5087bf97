// MSRs through msr-safe, a driver with a list of the registers that whoever may
// open its files may read: /dev/cpu/N/msr_safe and /dev/cpu/msr_batch.
// Laboratories load it to give a group of users some registers without root.
//
// Several registers of a CPU are asked for in one batch. A batch is all or
// nothing: one register that is not on the list and the driver reads none of
// them, but marks those that are not. The others are then asked for again, and
// what a batch can't have is read by itself, which is also what tells why.
//
//   errno          when          code
//   ENOENT         opening       kNoDriver if no CPU has a node, else kCpuOffline
//   EPERM, EACCES  opening       kPermissionDenied
//   ENXIO          either        kCpuOffline
//   EIO            opening       kIo: a CPU without MSRs
//   EIO            reading       kGeneralProtection
//   EACCES         reading       kPermissionDenied: not on the list, which binds
//                                all who lack CAP_SYS_RAWIO
//   (fewer bytes)  reading       kShortRead, errno 0
//   anything else  either        kIo; an interrupted call is repeated
//
// Only the structures of versions 1 and 2 are known here, and a driver that took
// ours for others could take a read for a write. So there is a batch only where
// /dev/cpu/msr_safe_version names one of the two (from 1.6 on); elsewhere each
// register is read by itself.
//
// The driver is in no distribution, so this is tested against a stand-in made
// after its documentation and sources, and not against the driver.
//
// msr-safe: README.md, msr_safe.h, msr_batch.c, msr_entry.c, msr_version.c.

#ifndef VTPROBE_HAL_MSR_SAFE_READER_H_
#define VTPROBE_HAL_MSR_SAFE_READER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe {

class DeviceFiles;
class MsrBatchDevice;

// Each CPU's node is opened at its first read and kept open, as LinuxMsrReader
// keeps its own.
//
// Thread-safety: all calls may run at the same time, and take no lock.
class MsrSafeReader final : public MsrReader {
 public:
  static constexpr const char* kDefaultRoot = "/dev/cpu";

  explicit MsrSafeReader(std::string device_root = kDefaultRoot);
  MsrSafeReader(std::string device_root, std::unique_ptr<DeviceCalls> calls);
  ~MsrSafeReader() override;
  MsrSafeReader(const MsrSafeReader&) = delete;
  MsrSafeReader& operator=(const MsrSafeReader&) = delete;

  // Opens the files of these CPUs now. One that does not open is not tried again,
  // and its reads fail as that did. No other call meanwhile.
  void OpenAll(const CpuSet& cpus);

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  void ReadMsrs(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                std::span<Result<std::uint64_t>> answers) override;

 private:
  std::unique_ptr<DeviceFiles> files_;
  std::unique_ptr<MsrBatchDevice> batch_;  // null without one; borrows the files' calls
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_MSR_SAFE_READER_H_
