// The microcode that closes what vendors published: rows with a source each, as of
// one day. They are data of microcode-levels.toml and no code, since they age.

#ifndef VTPROBE_PROBES_MICROCODE_LEVELS_H_
#define VTPROBE_PROBES_MICROCODE_LEVELS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace vtprobe {

// At least this revision, for CPUs of this signature (CPUID leaf 1, EAX).
struct MicrocodeLevel {
  std::uint32_t signature = 0;
  // Bit n: CPUs of which IA32_PLATFORM_ID says n. 0: any.
  std::uint32_t platforms = 0;
  std::uint32_t level = 0;
  std::string_view advisories;  // "INTEL-SA-00836, INTEL-SA-00837"
  std::string_view source;
};

// Ascending by signature, platforms and level.
std::span<const MicrocodeLevel> MicrocodeLevels();

// Those of one signature.
std::span<const MicrocodeLevel> MicrocodeLevelsOf(std::uint32_t signature);

// The day on which the table was made: "2025-11-10".
std::string_view MicrocodeLevelsDate();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_MICROCODE_LEVELS_H_
