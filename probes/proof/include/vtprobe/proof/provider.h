// Which KVM runs guests on this host. It decides what a guest that ran proves.

#ifndef VTPROBE_PROOF_PROVIDER_H_
#define VTPROBE_PROOF_PROVIDER_H_

#include <cstdint>
#include <filesystem>
#include <string>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

struct GuestProvider {
  enum class Needs : std::uint8_t {
    kVmx,      // VT-x
    kSvm,      // SVM
    kNothing,  // runs guests without hardware virtualization
    kUnknown,  // there are several it could be, or none that is known
  };

  std::string name;  // "kvm_amd", "kvm_pvm"; "kvm" if it is not known which; "none" without KVM
  Needs needs = Needs::kUnknown;

  bool needs_hardware() const { return needs == Needs::kVmx || needs == Needs::kSvm; }
};

// By its name: of all that have one only kvm_intel and kvm_amd need the hardware; of "kvm"
// and "none" it is not known.
GuestProvider ProviderNamed(std::string name);

// By the modules of KVM below `root`, and by what the host says of KVM
// (HostContext::metadata): the extension that it runs with, where it tells.
//
// A module that is part of the kernel has a folder there whether it found its
// hardware or not, and only one of them is KVM's: of several it is not known
// which, unless KVM tells.
GuestProvider FindGuestProvider(const std::filesystem::path& root, const Metadata& host);

}  // namespace vtprobe

#endif  // VTPROBE_PROOF_PROVIDER_H_
