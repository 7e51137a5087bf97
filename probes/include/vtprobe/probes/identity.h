// Which CPU this is, from its own CPUID leaves.

#ifndef VTPROBE_PROBES_IDENTITY_H_
#define VTPROBE_PROBES_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"

namespace vtprobe {

// Those that made CPUs with VMX or SVM. kOther: a vendor string that is none
// of theirs, corrupted ones included.
enum class Vendor : std::uint8_t { kIntel, kAmd, kHygon, kCentaur, kZhaoxin, kOther };

// Display family and model: the extended fields are added where the base
// fields say so. [intel/sdm-vol2] CPUID, [amd/apm-vol3] E.3.2
struct CpuSignature {
  std::uint32_t family = 0;
  std::uint32_t model = 0;
  std::uint32_t stepping = 0;

  friend constexpr bool operator==(const CpuSignature&, const CpuSignature&) = default;
};

CpuSignature DecodeSignature(std::uint32_t leaf1_eax);

struct Identity {
  std::optional<std::string> vendor_string;  // as CPUID gives it, unprintable bytes as '?'
  std::optional<Vendor> vendor;
  std::optional<CpuSignature> signature;
  std::optional<std::string> brand;  // leaves 8000_0002 to 8000_0004, trimmed
};

// What could not be read is absent.
Identity Identify(const RegisterView& cpu);

// "KVM", "Hyper-V" ... from leaf 0x4000_0000; the signature itself for one
// that has no name here; nothing on a CPU without the hypervisor bit or whose
// leaf was not read.
std::optional<std::string> HypervisorName(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_IDENTITY_H_
