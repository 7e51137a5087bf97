// What the firmware of AMD's Secure Processor says of SEV and SEV-SNP: its version
// and state, whether it looked for memory that answers to two addresses, and the
// versions that attestation reports name.
//
// Its status is asked for, which changes nothing. Of SNP only where KVM runs with
// it: newer kernels would initialize SNP to be able to answer. [linux]
// drivers/crypto/ccp/sev-dev.c, sev_ioctl_do_snp_platform_status()

#ifndef VTPROBE_HAL_SRC_LINUX_SEV_FIRMWARE_H_
#define VTPROBE_HAL_SRC_LINUX_SEV_FIRMWARE_H_

#include <filesystem>

#include "linux/sev_status.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// The system calls, so that a test can stand in for the driver.
class SevCalls {
 public:
  virtual ~SevCalls() = default;

  // A descriptor of that character device, opened for reading; or -errno.
  virtual int Open(const std::filesystem::path& path) = 0;
  // 0, or -errno.
  virtual int ReadSevStatus(int fd, SevStatus* status) = 0;
  virtual int ReadSnpStatus(int fd, SnpStatus* status) = 0;
  virtual void Close(int fd) = 0;

 protected:
  SevCalls() = default;
  SevCalls(const SevCalls&) = default;
  SevCalls& operator=(const SevCalls&) = default;
};

class PosixSevCalls final : public SevCalls {
 public:
  int Open(const std::filesystem::path& path) override;
  int ReadSevStatus(int fd, SevStatus* status) override;
  int ReadSnpStatus(int fd, SnpStatus* status) override;
  void Close(int fd) override;
};

// Sets sev.firmware and sev.state, and of SNP snp.firmware, snp.state, snp.rmp,
// snp.alias_check, snp.tcb and snp.reported_tcb. Looks at what `metadata` has of
// KVM's parameters. Sets nothing where the driver is not there, or not this user's
// to open.
void ReadSevFirmware(const std::filesystem::path& root, SevCalls& calls, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_SEV_FIRMWARE_H_
