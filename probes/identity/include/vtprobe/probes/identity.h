// Which CPU this is, from its own CPUID leaves.

#ifndef VTPROBE_PROBES_IDENTITY_H_
#define VTPROBE_PROBES_IDENTITY_H_

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe {

struct Identity {
  // As CPUID gives it, unprintable bytes as '?'; or why leaf 0 is not known.
  tl::expected<std::string, AccessCode> vendor_string = tl::unexpected(AccessCode::kNotRecorded);
  std::optional<Vendor> vendor;
  std::optional<CpuSignature> signature;
  std::optional<std::string> brand;  // leaves 8000_0002 to 8000_0004, trimmed
};

// What could not be read is absent.
Identity Identify(const RegisterView& cpu);

// What its maker called the design, after the microarchitecture where the two
// differ: "Haswell", "Zen 5 (Granite Ridge)". Nothing for a CPU that the table
// does not know.
std::optional<std::string_view> FindCodename(Vendor vendor, const CpuSignature& signature);

// Whether the CPU is of a line that never had VMX or SVM, so that what its
// feature bits say of them is garbage. False if the signature is not known.
bool PredatesVirtualization(const Identity& identity);

// "KVM", "Hyper-V" ... from leaf 0x4000_0000; the signature itself for one
// that has no name here; nothing on a CPU without the hypervisor bit or whose
// leaf was not read.
std::optional<std::string> HypervisorName(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_IDENTITY_H_
