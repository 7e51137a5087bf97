// The plain values that cross the hardware access layer.
//
// A CPU number and an MSR address are both small integers, and swapping them
// reads the wrong register without a word. They are therefore distinct types
// that neither convert into each other nor from an integer.

#ifndef VTPROBE_HAL_TYPES_H_
#define VTPROBE_HAL_TYPES_H_

#include <compare>
#include <cstdint>

namespace vtprobe {

// A logical CPU as Linux numbers it: the N of /dev/cpu/N.
enum class LogicalCpu : std::uint32_t {};

// The address that RDMSR takes in ECX. [intel/sdm-vol2] RDMSR
enum class MsrAddress : std::uint32_t {};

constexpr std::uint32_t Number(LogicalCpu cpu) { return static_cast<std::uint32_t>(cpu); }
constexpr std::uint32_t Number(MsrAddress address) { return static_cast<std::uint32_t>(address); }

// What CPUID is asked: EAX and ECX on entry. [intel/sdm-vol2] CPUID
struct CpuidLeaf {
  std::uint32_t leaf = 0;
  std::uint32_t subleaf = 0;

  friend constexpr auto operator<=>(const CpuidLeaf&, const CpuidLeaf&) = default;
};

// What CPUID answers.
struct CpuidRegisters {
  std::uint32_t eax = 0;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;

  friend constexpr bool operator==(const CpuidRegisters&, const CpuidRegisters&) = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_TYPES_H_
