#include "subleaf_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <optional>

namespace vtprobe::import {
namespace {

// The leaves whose answer depends on ECX, ascending. [intel/sdm-vol2] CPUID,
// [amd/apm-vol3] appendix E
constexpr std::array<std::uint32_t, SubleafOrder::kLeaves> kLeavesWithSubleaves = {
    0x4,  0x7,  0xb,  0xd,  0xf,  0x10, 0x12, 0x14,        0x17,        0x18,
    0x1b, 0x1d, 0x1e, 0x1f, 0x20, 0x23, 0x24, 0x8000'001d, 0x8000'0020, 0x8000'0026};

std::optional<std::size_t> PlaceOf(std::uint32_t leaf) {
  const auto* const found =
      std::lower_bound(kLeavesWithSubleaves.begin(), kLeavesWithSubleaves.end(), leaf);
  if (found == kLeavesWithSubleaves.end() || *found != leaf) return std::nullopt;
  return static_cast<std::size_t>(found - kLeavesWithSubleaves.begin());
}

constexpr std::uint32_t kStateLeaf = 0xd;
constexpr std::uint32_t kAvxComponent = 2;

// 256 bytes at offset 576. [intel/sdm-vol1] 13.5.2
bool IsAvxState(const CpuidRegisters& answer) { return answer.eax == 256 && answer.ebx == 576; }

constexpr std::uint64_t Joined(std::uint32_t high, std::uint32_t low) {
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

void SubleafOrder::Follow(CpuidLeaf leaf) {
  if (const auto place = PlaceOf(leaf.leaf)) next_[*place] = leaf.subleaf + 1;
}

// [intel/sdm-vol2] CPUID, leaf 0DH: EDX:EAX of subleaf 0 and EDX:ECX of subleaf 1
// are the components, and every other subleaf is one of them.
std::uint32_t SubleafOrder::StateSubleaf(std::uint32_t subleaf, const CpuidRegisters& answer) {
  if (subleaf == 0) {
    state_components_ = Joined(answer.edx, answer.eax);
    return subleaf;
  }
  if (subleaf <= kAvxComponent && IsAvxState(answer)) {
    has_avx_state_ = true;
    return kAvxComponent;
  }
  if (subleaf == 1) state_components_ |= Joined(answer.edx, answer.ecx);
  if (!has_avx_state_ || subleaf >= 64) return subleaf;
  const std::uint64_t ahead = state_components_ >> subleaf;
  return ahead == 0 ? subleaf : subleaf + static_cast<std::uint32_t>(std::countr_zero(ahead));
}

CpuidLeaf SubleafOrder::Number(std::uint32_t leaf, const CpuidRegisters& answer) {
  const auto place = PlaceOf(leaf);
  if (!place) return {leaf, 0};
  std::uint32_t& next = next_[*place];
  const std::uint32_t subleaf = leaf == kStateLeaf ? StateSubleaf(next, answer) : next;
  next = subleaf + 1;
  if (subleaf > 0) guessed_ = true;
  return {leaf, subleaf};
}

}  // namespace vtprobe::import
