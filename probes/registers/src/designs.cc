#include "vtprobe/registers/designs.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace vtprobe::registers {
namespace {

// Both ends belong to it.
struct Range {
  std::uint32_t first;
  std::uint32_t last;

  constexpr bool Contains(std::uint32_t number) const { return first <= number && number <= last; }
};

struct Row {
  Vendor vendor;
  std::uint32_t family;
  Range models;
  Range steppings;
  KnownCpu cpu;
};

constexpr std::uint32_t kLastStepping = 15;

// As one number, in the order in which CPUs are looked up.
constexpr std::uint64_t Rank(Vendor vendor, std::uint32_t family, std::uint32_t model,
                             std::uint32_t stepping) {
  return std::uint64_t{static_cast<std::uint8_t>(vendor)} << 48 | std::uint64_t{family} << 32 |
         std::uint64_t{model} << 8 | stepping;
}

constexpr std::uint64_t RankOf(const Row& row) {
  return Rank(row.vendor, row.family, row.models.first, row.steppings.first);
}

constexpr auto Sorted() {
  std::array rows = {
#define VTPROBE_DESIGN(...)
#define VTPROBE_CPU(design, vendor, family, first_model, last_model, first_stepping, \
                    last_stepping, codename)                                         \
  Row{Vendor::vendor,                                                                \
      family,                                                                        \
      {first_model, last_model},                                                     \
      {first_stepping, last_stepping},                                               \
      {Design::design, codename}},
#include "vtprobe/registers/designs.def"
#undef VTPROBE_CPU
#undef VTPROBE_DESIGN
  };
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return RankOf(a) < RankOf(b); });
  return rows;
}

constexpr auto kRows = Sorted();

// A row in whose midst another begins would hide CPUs, and a CPU of two rows
// would have two names.
constexpr bool FollowEachOther(const Row& a, const Row& b) {
  // Steppings divide a model, not several.
  const bool is_whole = a.steppings.first == 0 && a.steppings.last == kLastStepping;
  if (!is_whole && a.models.first != a.models.last) return false;
  if (a.vendor != b.vendor || a.family != b.family) return true;
  if (a.models.last < b.models.first) return true;
  return a.models.first == b.models.first && a.models.last == b.models.last &&
         a.steppings.last < b.steppings.first;
}

constexpr bool NoneOverlap() {
  for (std::size_t i = 1; i < kRows.size(); ++i) {
    if (!FollowEachOther(kRows[i - 1], kRows[i])) return false;
  }
  return true;
}
static_assert(NoneOverlap(), "two rows of designs.def claim the same CPU");

#define VTPROBE_DESIGN(constant, line, title) \
  static_assert(!DefOf(Design::constant).name.empty(), "designs.def, " #constant ": no name");
#define VTPROBE_CPU(design, vendor, family, first_model, last_model, first_stepping,  \
                    last_stepping, codename)                                          \
  static_assert(MakersOf(DefOf(Design::design).line).Contains(Vendor::vendor),        \
                "designs.def, " codename ": its design is another maker's");          \
  static_assert((first_model) <= (last_model) && (first_stepping) <= (last_stepping), \
                "designs.def, " codename ": a range that ends before it begins");
#include "vtprobe/registers/designs.def"
#undef VTPROBE_CPU
#undef VTPROBE_DESIGN

}  // namespace

std::optional<KnownCpu> FindKnownCpu(Vendor vendor, const CpuSignature& signature) {
  const std::uint64_t rank = Rank(vendor, signature.family, signature.model, signature.stepping);
  const auto after =
      std::upper_bound(kRows.begin(), kRows.end(), rank,
                       [](std::uint64_t sought, const Row& row) { return sought < RankOf(row); });
  if (after == kRows.begin()) return std::nullopt;
  const Row& row = *(after - 1);
  if (row.vendor != vendor || row.family != signature.family ||
      !row.models.Contains(signature.model) || !row.steppings.Contains(signature.stepping)) {
    return std::nullopt;
  }
  return row.cpu;
}

}  // namespace vtprobe::registers
