#include "cpuid_walk.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace vtprobe {
namespace {

using Ask = std::function<CpuidReading(CpuidLeaf)>;

constexpr std::uint32_t kMostLeaves = 256;
constexpr std::uint32_t kMostSubleaves = 64;

constexpr std::uint32_t kFirstHypervisor = 0x4000'0000;
constexpr std::uint32_t kLastHypervisor = 0x4001'0000;
constexpr std::uint32_t kHypervisorStep = 0x100;
static_assert(kMostLeaves <= kHypervisorStep, "one interface's leaves would be another's");

// How a leaf tells which subleaves it has, from its subleaf 0 on.
enum class Subleaves : std::uint8_t {
  kUntilEax4To0IsZero,   // a list that ends with an entry of type 0
  kUntilEax3To0IsZero,   // the same; SGX's sections start at subleaf 2
  kUntilEcx15To8IsZero,  // a list of topology levels
  kUntilEax11To0IsZero,  // a list of targets
  kUpToEax,              // EAX is the highest
  kBitsOfEax,            // bit N says that subleaf N is there
  kBitsOfEbx,
  kBitsOfEdx,
  kXsave  // a bit a state component, in two pairs of registers
};

struct Rule {
  std::uint32_t leaf;
  Subleaves subleaves;
};

constexpr std::array kRules = {
    Rule{0x04, Subleaves::kUntilEax4To0IsZero},          // caches
    Rule{0x07, Subleaves::kUpToEax},                     // features
    Rule{0x0b, Subleaves::kUntilEcx15To8IsZero},         // topology
    Rule{0x0d, Subleaves::kXsave},                       // state components
    Rule{0x0f, Subleaves::kBitsOfEdx},                   // RDT monitoring
    Rule{0x10, Subleaves::kBitsOfEbx},                   // RDT allocation
    Rule{0x12, Subleaves::kUntilEax3To0IsZero},          // SGX
    Rule{0x14, Subleaves::kUpToEax},                     // processor trace
    Rule{0x17, Subleaves::kUpToEax},                     // system-on-chip vendor
    Rule{0x18, Subleaves::kUpToEax},                     // address translation
    Rule{0x1b, Subleaves::kUntilEax11To0IsZero},         // PCONFIG
    Rule{0x1d, Subleaves::kUpToEax},                     // tiles
    Rule{0x1f, Subleaves::kUntilEcx15To8IsZero},         // topology
    Rule{0x20, Subleaves::kUpToEax},                     // history reset
    Rule{0x23, Subleaves::kBitsOfEax},                   // performance monitoring
    Rule{0x24, Subleaves::kUpToEax},                     // AVX10
    Rule{0x8000'001d, Subleaves::kUntilEax4To0IsZero},   // caches
    Rule{0x8000'0020, Subleaves::kBitsOfEbx},            // platform QoS
    Rule{0x8000'0026, Subleaves::kUntilEcx15To8IsZero},  // topology
};

void AskMarked(const Ask& ask, std::uint32_t leaf, std::uint64_t marked) {
  for (std::uint32_t subleaf = 1; subleaf < kMostSubleaves; ++subleaf) {
    if ((marked >> subleaf & 1) != 0) ask({leaf, subleaf});
  }
}

// The entry that ends the list is asked for as well: it is an answer.
void AskList(const Ask& ask, std::uint32_t leaf, const CpuidRegisters& first, std::uint32_t start,
             bool (*last)(const CpuidRegisters&)) {
  if (start == 0) {
    if (last(first)) return;
    start = 1;
  }
  for (std::uint32_t subleaf = start; subleaf < kMostSubleaves; ++subleaf) {
    const CpuidReading entry = ask({leaf, subleaf});
    if (!entry || last(entry->registers)) return;
  }
}

// Subleaf 1's ECX and EDX mark supervisor components, subleaf 0's EAX and EDX
// the others; each has a subleaf of its number from 2 on.
void AskXsave(const Ask& ask, const CpuidRegisters& first) {
  const auto pair = [](std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32 | low;
  };
  const CpuidReading second = ask({0xd, 1});
  std::uint64_t components = pair(first.edx, first.eax);
  if (second) components |= pair(second->registers.edx, second->registers.ecx);
  AskMarked(ask, 0xd, components & ~std::uint64_t{3});
}

void AskSubleaves(const Ask& ask, const Rule& rule, const CpuidRegisters& first) {
  switch (rule.subleaves) {
    case Subleaves::kUntilEax4To0IsZero:
      AskList(ask, rule.leaf, first, 0, [](const auto& r) { return (r.eax & 0x1f) == 0; });
      return;
    case Subleaves::kUntilEax3To0IsZero:
      // Without SGX the leaf is 0, and has no sections.
      if (first == CpuidRegisters{}) return;
      ask({rule.leaf, 1});
      AskList(ask, rule.leaf, first, 2, [](const auto& r) { return (r.eax & 0xf) == 0; });
      return;
    case Subleaves::kUntilEcx15To8IsZero:
      AskList(ask, rule.leaf, first, 0, [](const auto& r) { return (r.ecx & 0xff00) == 0; });
      return;
    case Subleaves::kUntilEax11To0IsZero:
      AskList(ask, rule.leaf, first, 0, [](const auto& r) { return (r.eax & 0xfff) == 0; });
      return;
    case Subleaves::kUpToEax:
      for (std::uint32_t n = 1; n <= std::min(first.eax, kMostSubleaves - 1); ++n) {
        ask({rule.leaf, n});
      }
      return;
    case Subleaves::kBitsOfEax:
      AskMarked(ask, rule.leaf, first.eax);
      return;
    case Subleaves::kBitsOfEbx:
      AskMarked(ask, rule.leaf, first.ebx);
      return;
    case Subleaves::kBitsOfEdx:
      AskMarked(ask, rule.leaf, first.edx);
      return;
    case Subleaves::kXsave:
      AskXsave(ask, first);
      return;
  }
}

void AskLeaf(const Ask& ask, std::uint32_t leaf) {
  const CpuidReading first = ask({leaf, 0});
  if (!first) return;
  const auto rule = std::find_if(kRules.begin(), kRules.end(),
                                 [&](const Rule& candidate) { return candidate.leaf == leaf; });
  if (rule != kRules.end()) AskSubleaves(ask, *rule, first->registers);
}

// A range of leaves whose first says in EAX which is the last. One that says
// nothing sensible is not there: false.
bool AskRange(const Ask& ask, std::uint32_t base) {
  const CpuidReading first = ask({base, 0});
  if (!first) return false;
  const std::uint32_t last = first->registers.eax;
  if (last < base || last - base >= kMostLeaves) return false;
  for (std::uint32_t leaf = base + 1; leaf <= last; ++leaf) AskLeaf(ask, leaf);
  return true;
}

// A guest may be offered several interfaces (Hyper-V's before KVM's or Xen's),
// each in a range of its own, one after the other.
void AskHypervisors(const Ask& ask) {
  for (std::uint32_t base = kFirstHypervisor; base < kLastHypervisor; base += kHypervisorStep) {
    if (!AskRange(ask, base)) return;
  }
}

// Centaur's and Zhaoxin's own range of leaves; other CPUs answer it with
// something else.
bool IsCentaur(std::uint32_t first_letters) {
  constexpr std::uint32_t kCent = 0x746e6543;
  constexpr std::uint32_t kShanghai = 0x68532020;
  return first_letters == kCent || first_letters == kShanghai;
}

}  // namespace

void WalkCpuid(const Ask& ask) {
  bool guest = false;
  bool centaur = false;
  AskRange(
      [&](CpuidLeaf leaf) {
        const CpuidReading answer = ask(leaf);
        if (!answer) return answer;
        // [intel/sdm-vol2] CPUID: leaf 0's EBX starts the vendor string.
        if (leaf == CpuidLeaf{0}) centaur = IsCentaur(answer->registers.ebx);
        if (leaf == CpuidLeaf{1}) guest = (answer->registers.ecx >> 31) != 0;
        return answer;
      },
      0);
  if (guest) AskHypervisors(ask);
  AskRange(ask, 0x8000'0000);
  if (centaur) AskRange(ask, 0xc000'0000);
}

}  // namespace vtprobe
