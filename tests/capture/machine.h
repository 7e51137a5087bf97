// Machines for captures to read, written as dumps.

#ifndef VTPROBE_TESTS_CAPTURE_MACHINE_H_
#define VTPROBE_TESTS_CAPTURE_MACHINE_H_

#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// The dump that this is the body of. One that is malformed is an empty
// snapshot, which no test expects.
inline PlatformSnapshot Machine(std::string_view body) {
  return ParseDump("vtprobe-dump 1\n" + std::string(body)).value_or(PlatformSnapshot());
}

// Leaf 0 of an Intel CPU whose highest leaf is 0x1F.
inline constexpr std::string_view kIntelVendor =
    "cpuid 0x0.0x0 = 0x1f 0x756e6547 0x6c65746e 0x49656e69\n";

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_CAPTURE_MACHINE_H_
