// The system calls beneath the device backends, so that a test can stand in
// for the kernel.
//
// A register that faults, a CPU that leaves between two reads and a kernel that
// is locked down can't be made of plain files, and most build machines have no
// msr driver. A backend is therefore given its calls, and makes the real ones
// when it is given none.
//
// Thread-safety: all calls may run at the same time.

#ifndef VTPROBE_HAL_DEVICE_CALLS_H_
#define VTPROBE_HAL_DEVICE_CALLS_H_

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace vtprobe {

struct MsrBatchArray;

class DeviceCalls {
 public:
  virtual ~DeviceCalls() = default;

  // open(2) with O_RDONLY | O_CLOEXEC. A descriptor, or -errno.
  virtual int Open(const std::string& path) = 0;
  // pread(2). The number of bytes read, or -errno.
  virtual std::int64_t Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) = 0;
  // ioctl(2) of msr-safe's batch device, of which every operation is a read. 0, or
  // -errno. Only MsrSafeReader asks for it.
  virtual int ReadMsrBatch(int fd, MsrBatchArray* batch) {
    static_cast<void>(fd);
    static_cast<void>(batch);
    return -ENOTTY;
  }
  // close(2) of a descriptor that Open() gave.
  virtual void Close(int fd) = 0;
  // Whether ROOT/N/NODE exists for any CPU number N.
  virtual bool AnyCpuHasNode(const std::string& root, const std::string& node) = 0;

 protected:
  DeviceCalls() = default;
  DeviceCalls(const DeviceCalls&) = default;
  DeviceCalls& operator=(const DeviceCalls&) = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_DEVICE_CALLS_H_
