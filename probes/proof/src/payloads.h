// What the guests run: a few instructions of our own, in the modes that depend on
// different parts of the hardware, each of which ends in HLT.
//
// A guest takes a number that the host put into RBP, another that CPUID answers
// (which only the host knows too, since every CPUID leaves the guest), mixes them
// and stores the result where the host looks for it.

#ifndef VTPROBE_PROBES_PROOF_SRC_PAYLOADS_H_
#define VTPROBE_PROBES_PROOF_SRC_PAYLOADS_H_

#include <linux/kvm.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vtprobe {

// What a guest has to compute with. All of it is used in 64-bit mode; of the
// input its lower half in 16-bit mode.
struct PayloadInput {
  std::uint64_t input = 0;  // in RBP
  std::uint32_t tag = 0;    // what CPUID answers in EAX to kTagLeaf
};

// The first leaf of the brand string, of which a guest's mode does not depend.
inline constexpr std::uint32_t kTagLeaf = 0x8000'0002;

// The guest's memory, from its physical address 0 on.
inline constexpr std::size_t kGuestPage = 4096;
struct alignas(kGuestPage) GuestMemory {
  std::array<std::byte, 9 * kGuestPage> bytes{};
};

struct Payload {
  std::string_view name;  // "16-bit real mode"
  // Puts the code, and what the mode needs, into memory.
  void (*lay_out)(GuestMemory* memory);
  // From what KVM_GET_SREGS gives of a new CPU.
  void (*set_mode)(kvm_sregs* registers);
  // RIP at the beginning.
  std::uint64_t entry;
  // Where the result is, in memory, and its size in bytes.
  std::size_t result_at;
  std::size_t result_size;
  // What it is.
  std::uint64_t (*expected)(const PayloadInput& input);
};

std::span<const Payload> AllPayloads();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROOF_SRC_PAYLOADS_H_
