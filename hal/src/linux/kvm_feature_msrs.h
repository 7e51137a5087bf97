// What KVM says of the registers that it offers its guests.
//
// Without the msr driver nothing reads VT-x's or SVM's switch. KVM tells any
// process that may open /dev/kvm which MSRs it can show a guest, though, and
// those of an extension only if it runs with that extension, which it has then
// found switched on on every CPU. The values are KVM's, made for guests: they
// are kept as words about the host and never as readings of a CPU.
//
//   0x480 to 0x491  the capabilities of VMX: kvm_intel, unless nested=0
//   0xC0011029      DE_CFG: kvm_amd
//
// [linux] arch/x86/kvm/x86.c, msr_based_features; vmx/vmx.c,
// vmx_get_feature_msr(); svm/svm.c, svm_get_feature_msr(); Linux 4.17 and newer.

#ifndef VTPROBE_HAL_SRC_LINUX_KVM_FEATURE_MSRS_H_
#define VTPROBE_HAL_SRC_LINUX_KVM_FEATURE_MSRS_H_

#include <cstdint>
#include <filesystem>
#include <vector>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// The system calls, so that a test can stand in for KVM.
class KvmCalls {
 public:
  virtual ~KvmCalls() = default;

  // A descriptor of that character device, opened for reading; or -errno.
  virtual int Open(const std::filesystem::path& path) = 0;
  // 0, or -errno.
  virtual int ListFeatureMsrs(int fd, std::vector<std::uint32_t>* addresses) = 0;
  virtual int ReadFeatureMsr(int fd, std::uint32_t address, std::uint64_t* value) = 0;
  virtual void Close(int fd) = 0;

 protected:
  KvmCalls() = default;
  KvmCalls(const KvmCalls&) = default;
  KvmCalls& operator=(const KvmCalls&) = default;
};

class PosixKvmCalls final : public KvmCalls {
 public:
  int Open(const std::filesystem::path& path) override;
  int ListFeatureMsrs(int fd, std::vector<std::uint32_t>* addresses) override;
  int ReadFeatureMsr(int fd, std::uint32_t address, std::uint64_t* value) override;
  void Close(int fd) override;
};

// Sets kvm.feature_msrs and, if they show it, kvm.extension. Sets nothing where
// KVM is not loaded, is older or is not this user's to open. The device is opened
// only if the kernel lists it, since opening a node that nothing stands behind
// would have the kernel load a module.
void ReadKvmFeatureMsrs(const std::filesystem::path& root, KvmCalls& calls, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_KVM_FEATURE_MSRS_H_
