// What /dev/cpu/N/msr and /dev/cpu/N/cpuid of a recorded machine answer.
//
// The kernel's drivers know fewer ways to fail than a recording does, so each
// recorded failure becomes the errno by which a program meets it, and what a
// program can't be told that way, an errno that the drivers never give:
//
//   recorded             msr                          cpuid
//   general-protection   EIO                          EIO
//   cpu-offline          ENXIO                        ENXIO
//   permission-denied    opening: EPERM, else EACCES  opening: EACCES
//   no-driver            no file, else ENODEV         no file, else ENODEV
//   locked-down          EPERM                        EPERM
//   short-read           nothing is read: 0 bytes     the same
//   not-recorded         ENODATA                      ENODATA
//   malformed-dump       EBADMSG                      EBADMSG
//   not-pinned           EXDEV                        EXDEV
//   io                   EREMOTEIO                    EREMOTEIO
//
// A file can be refused, or missing, only as a whole: it is if all that was
// recorded of it failed so. A CPUID answer of which a register is not recorded
// is ENODATA as a whole, as for any other reader.
//
// Linux: arch/x86/kernel/msr.c, arch/x86/kernel/cpuid.c.

#ifndef VTPROBE_TOOLS_MSRFS_DEVICE_ANSWER_H_
#define VTPROBE_TOOLS_MSRFS_DEVICE_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::msrfs {

enum class Node : std::uint8_t { kMsr, kCpuid };

// What a read of a file gives: bytes, or an errno.
struct Answer {
  std::vector<std::byte> bytes;
  int sys_errno = 0;  // 0: the bytes count, however few
};

// The files of the recording's online CPUs. It borrows the snapshot.
//
// Thread-safety: all calls may run at the same time.
class DeviceAnswers {
 public:
  explicit DeviceAnswers(const PlatformSnapshot& snapshot);

  // The CPUs that have a folder, ascending.
  const std::vector<LogicalCpu>& cpus() const { return cpus_; }

  // Whether the CPU's folder has the file.
  bool Exists(LogicalCpu cpu, Node node) const;
  // 0, or the errno of opening it.
  int Open(LogicalCpu cpu, Node node) const;
  // read(2) at that offset: the MSR's address, or the CPUID leaf in the low and
  // the subleaf in the high 32 bits. As the drivers do, EINVAL for a size that
  // is no multiple of 8 (msr) or 16 (cpuid); a longer read repeats the same MSR
  // and goes on to the next leaf, and ends before what fails.
  Answer Read(LogicalCpu cpu, Node node, std::uint64_t offset, std::size_t size) const;

 private:
  struct Files {
    bool exists = true;
    int open_errno = 0;
  };

  Answer ReadMsr(LogicalCpu cpu, std::uint64_t offset, std::size_t size) const;
  Answer ReadCpuid(LogicalCpu cpu, std::uint64_t offset, std::size_t size) const;
  const Files& FilesOf(LogicalCpu cpu, Node node) const;

  const PlatformSnapshot* snapshot_;
  std::vector<LogicalCpu> cpus_;
  std::vector<Files> msr_;    // beside cpus_
  std::vector<Files> cpuid_;  // beside cpus_
};

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_DEVICE_ANSWER_H_
