#include "import/subleaf_order.h"

#include <algorithm>
#include <array>
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

}  // namespace

void SubleafOrder::Follow(CpuidLeaf leaf) {
  if (const auto place = PlaceOf(leaf.leaf)) next_[*place] = leaf.subleaf + 1;
}

CpuidLeaf SubleafOrder::Number(std::uint32_t leaf) {
  const auto place = PlaceOf(leaf);
  if (!place) return {leaf, 0};
  const std::uint32_t subleaf = next_[*place]++;
  if (subleaf > 0) guessed_ = true;
  return {leaf, subleaf};
}

}  // namespace vtprobe::import
