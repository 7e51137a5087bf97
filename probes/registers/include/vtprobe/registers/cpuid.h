// The CPUID output registers by name, made from cpuid.def, and how to read
// their fields.

#ifndef VTPROBE_REGISTERS_CPUID_H_
#define VTPROBE_REGISTERS_CPUID_H_

#include <cstdint>
#include <tl/expected.hpp>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::registers {

#define VTPROBE_CPUID(constant, ...) inline constexpr CpuidDef constant{__VA_ARGS__};
#include "vtprobe/registers/cpuid.def"
#undef VTPROBE_CPUID

inline constexpr CpuidField kVmx = kCpuid1Ecx["VMX"];
inline constexpr CpuidField kSmx = kCpuid1Ecx["SMX"];
inline constexpr CpuidField kHypervisor = kCpuid1Ecx["HYPERVISOR"];
inline constexpr CpuidField kSgx = kCpuid7Ebx["SGX"];
inline constexpr CpuidField kSvm = kCpuid80000001Ecx["SVM"];
inline constexpr CpuidField kNx = kCpuid80000001Edx["NX"];
inline constexpr CpuidField kLongMode = kCpuid80000001Edx["LM"];
inline constexpr CpuidField kSnp = kCpuid8000001FEax["SEV_SNP"];
inline constexpr CpuidField kSvml = kCpuid8000000AEdx["SVML"];

// Whether the CPU answers that leaf, by the highest leaf it announces. Beyond
// it, Intel CPUs answer with another leaf's data. [intel/sdm-vol2] CPUID
Presence LeafPresence(const RegisterView& cpu, std::uint32_t leaf);

// A field of a CPUID register. 0 if the CPU announces that it lacks the leaf:
// a feature that a missing leaf would tell of is not there.
tl::expected<std::uint32_t, AccessCode> Read(const RegisterView& cpu, const CpuidField& field);

// Whether it is known and not 0.
bool IsSetIn(const RegisterView& cpu, const CpuidField& field);

// A whole output register, on the same terms.
tl::expected<std::uint32_t, AccessCode> Read(const RegisterView& cpu, const CpuidDef& cpuid);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_CPUID_H_
