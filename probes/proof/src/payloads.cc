#include "payloads.h"

#include <algorithm>
#include <cstring>

namespace vtprobe {
namespace {

constexpr std::uint64_t kCode = 1 * kGuestPage;
constexpr std::uint64_t kPml4 = 2 * kGuestPage;
constexpr std::uint64_t kPdpt = 3 * kGuestPage;
constexpr std::uint64_t kDirectory = 4 * kGuestPage;
constexpr std::uint64_t kLowTable = 5 * kGuestPage;
constexpr std::uint64_t kResultTable = 6 * kGuestPage;
constexpr std::uint64_t kRealResult = 7 * kGuestPage;
constexpr std::uint64_t kLongResult = 8 * kGuestPage;

// Odd, so that a product loses nothing of its factor.
constexpr std::uint32_t kFactor32 = 0x9e37'79b1;
constexpr std::uint64_t kFactor64 = 0x9e37'79b9'7f4a'7c15;

template <std::size_t kSize>
void Put(const std::array<std::uint8_t, kSize>& code, GuestMemory* memory) {
  std::memcpy(memory->bytes.data() + kCode, code.data(), kSize);
}

// [intel/sdm-vol2] has the encodings. With the prefix 66h, operands of 32 bits.
constexpr std::array<std::uint8_t, 25> kRealCode = {
    0x66, 0xb8, 0x02, 0x00, 0x00, 0x80,        // mov  eax, 80000002h
    0x0f, 0xa2,                                // cpuid
    0x66, 0x31, 0xe8,                          // xor  eax, ebp
    0x66, 0x69, 0xc0, 0xb1, 0x79, 0x37, 0x9e,  // imul eax, eax, 9E3779B1h
    0x66, 0xa3, 0x00, 0x70,                    // mov  [7000h], eax
    0xf4,                                      // hlt
    0xeb, 0xfd};                               // jmp  to the hlt

constexpr std::array<std::uint8_t, 39> kLongCode = {
    0xb8, 0x02, 0x00, 0x00, 0x80,                                // mov  eax, 80000002h
    0x0f, 0xa2,                                                  // cpuid
    0x48, 0xc1, 0xe0, 0x20,                                      // shl  rax, 32
    0x48, 0x31, 0xe8,                                            // xor  rax, rbp
    0x48, 0xb9, 0x15, 0x7c, 0x4a, 0x7f, 0xb9, 0x79, 0x37, 0x9e,  // mov  rcx, 9E3779B97F4A7C15h
    0x48, 0x0f, 0xaf, 0xc1,                                      // imul rax, rcx
    0x48, 0x89, 0x04, 0x25, 0x00, 0x00, 0x40, 0x00,              // mov  [400000h], rax
    0xf4,                                                        // hlt
    0xeb, 0xfd};                                                 // jmp  to the hlt

struct EntryOf {
  std::uint64_t table;
  std::size_t index;
};

void SetEntry(EntryOf place, std::uint64_t target, GuestMemory* memory) {
  constexpr std::uint64_t kPresentAndWritable = 3;
  const std::uint64_t entry = target | kPresentAndWritable;
  std::memcpy(memory->bytes.data() + place.table + place.index * sizeof(entry), &entry,
              sizeof(entry));
}

void LayOutReal(GuestMemory* memory) { Put(kRealCode, memory); }

// Of 4-level paging: the page of the code at its own address, and the page of the
// result at 400000h, which is 2 * 2 MiB and where without paging there is nothing.
void LayOutLong(GuestMemory* memory) {
  Put(kLongCode, memory);
  SetEntry({kPml4, 0}, kPdpt, memory);
  SetEntry({kPdpt, 0}, kDirectory, memory);
  SetEntry({kDirectory, 0}, kLowTable, memory);
  SetEntry({kLowTable, kCode / kGuestPage}, kCode, memory);
  SetEntry({kDirectory, 2}, kResultTable, memory);
  SetEntry({kResultTable, 0}, kLongResult, memory);
}

// A new CPU is in real mode, with a code segment at the reset vector.
void SetRealMode(kvm_sregs* registers) {
  registers->cs.selector = 0;
  registers->cs.base = 0;
}

// [intel/sdm-vol3] 10.8.5 and 3.4.5.1: long mode, its segments as loading them from
// a descriptor table would leave them.
void SetLongMode(kvm_sregs* registers) {
  constexpr std::uint64_t kProtected = 1;           // CR0.PE
  constexpr std::uint64_t kExtensionType = 1 << 4;  // CR0.ET
  constexpr std::uint64_t kNumericError = 1 << 5;   // CR0.NE
  constexpr std::uint64_t kPaging = 1U << 31;       // CR0.PG
  constexpr std::uint64_t kPae = 1 << 5;            // CR4.PAE
  constexpr std::uint64_t kLongEnabledAndActive = 1 << 8 | 1 << 10;
  registers->cr0 = kProtected | kExtensionType | kNumericError | kPaging;
  registers->cr3 = kPml4;
  registers->cr4 = kPae;
  registers->efer = kLongEnabledAndActive;

  kvm_segment segment{};
  segment.limit = 0xffff'ffff;
  segment.present = 1;
  segment.s = 1;  // code or data
  segment.g = 1;  // the limit is in pages
  segment.selector = 2 << 3;
  segment.type = 3;  // data, writable, accessed
  segment.db = 1;
  registers->ds = registers->es = registers->fs = registers->gs = registers->ss = segment;
  segment.selector = 1 << 3;
  segment.type = 11;  // code, readable, accessed
  segment.db = 0;
  segment.l = 1;
  registers->cs = segment;
}

std::uint64_t ExpectedOfReal(const PayloadInput& in) {
  return static_cast<std::uint32_t>((in.tag ^ static_cast<std::uint32_t>(in.input)) * kFactor32);
}

std::uint64_t ExpectedOfLong(const PayloadInput& in) {
  return ((std::uint64_t{in.tag} << 32) ^ in.input) * kFactor64;
}

constexpr std::array<Payload, 2> kPayloads = {
    Payload{"16-bit real mode", LayOutReal, SetRealMode, kCode, kRealResult, 4, ExpectedOfReal},
    Payload{"64-bit mode with paging", LayOutLong, SetLongMode, kCode, kLongResult, 8,
            ExpectedOfLong}};

}  // namespace

std::span<const Payload> AllPayloads() { return kPayloads; }

}  // namespace vtprobe
