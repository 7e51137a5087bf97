// Recordings that several tests of the command use.

#ifndef VTPROBE_TESTS_CLI_DUMPS_H_
#define VTPROBE_TESTS_CLI_DUMPS_H_

#include <string>
#include <string_view>

namespace vtprobe {

// A Skylake client's vendor and feature leaves: VMX and SMX, no hypervisor.
inline constexpr std::string_view kIntelLeaves =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n";

// The recording of the design's description of the format.
inline constexpr std::string_view kSmxOnly =
    "vtprobe-dump 1\n"
    "meta stage = os\n"
    "cpu 0-7\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
    "msr 0x3a = 0xff03\n"
    "cpu 8 offline\n";

// A Skylake, as one CPU of an hwloc folder says it.
inline constexpr std::string_view kPu =
    "1 0 0 0 0 => 16 756e6547 6c65746e 49656e69\n"
    "1 1 0 0 0 => 506e3 100800 7ffafbff bfebfbff\n";

// An Intel machine of one or several CPUs whose blocks follow.
inline std::string Intel(std::string_view cpus, std::string_view rest) {
  return "vtprobe-dump 1\nmeta stage = os\ncpu " + std::string(cpus) + "\n" +
         std::string(kIntelLeaves) + std::string(rest);
}

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_CLI_DUMPS_H_
