// The firmware under test: what it does on each CPU while it starts, with
// virtualization switched on in its setup.
#ifndef FIRMWARE_FEATURE_CONTROL_H_
#define FIRMWARE_FEATURE_CONTROL_H_

#include <cstdint>

constexpr std::uint64_t kLock = 1 << 0;
constexpr std::uint64_t kVmxInSmx = 1 << 1;
constexpr std::uint64_t kVmxOutsideSmx = 1 << 2;
constexpr std::uint32_t kFeatureControlAddress = 0x3a;

// `Cpu` reads and writes MSRs by address: a simulated CPU here, the instructions
// in the image.
template <typename Cpu>
void SetFeatureControl(Cpu& cpu, std::uint64_t features) {
  if ((cpu.Read(kFeatureControlAddress) & kLock) != 0) return;
  cpu.Write(kFeatureControlAddress, features | kLock);
}

#endif  // FIRMWARE_FEATURE_CONTROL_H_
