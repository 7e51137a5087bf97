// Which design a CPU is of, and sets of designs: what registers depend on that
// no CPUID bit tells of, and what reports call a CPU. One table, designs.def,
// so that a CPU that has a name is known wherever models are asked for.

#ifndef VTPROBE_REGISTERS_DESIGNS_H_
#define VTPROBE_REGISTERS_DESIGNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "vtprobe/registers/vendor.h"

namespace vtprobe {

// Ascending, within a line, from the earliest to the latest.
enum class Design : std::uint8_t {
#define VTPROBE_DESIGN(constant, line, name) constant,
#define VTPROBE_CPU(...)
#include "vtprobe/registers/designs.def"
#undef VTPROBE_CPU
#undef VTPROBE_DESIGN
};

// Designs of one maker that follow each other.
enum class Line : std::uint8_t {
  kEarlierIntel,
  kCore,
  kXeon,
  kAtom,
  kAtomServer,
  kXeonPhi,
  kAmd,
  kHygon,
  kCentaur,
  kZhaoxin,
};

struct DesignDef {
  Design design;
  Line line;
  std::string_view name;
};

inline constexpr std::array kDesigns = {
#define VTPROBE_DESIGN(constant, line, name) DesignDef{Design::constant, Line::line, name},
#define VTPROBE_CPU(...)
#include "vtprobe/registers/designs.def"
#undef VTPROBE_CPU
#undef VTPROBE_DESIGN
};

constexpr const DesignDef& DefOf(Design design) {
  return kDesigns[static_cast<std::size_t>(design)];
}

// A literal type.
class DesignSet {
 public:
  static constexpr std::size_t kWords = 2;
  using Words = std::array<std::uint64_t, kWords>;

  constexpr DesignSet() = default;
  constexpr explicit DesignSet(const Words& words) : words_(words) {}

  constexpr const Words& words() const { return words_; }
  constexpr void Add(Design design) { words_[Word(design)] |= Bit(design); }
  constexpr bool Contains(Design design) const { return (words_[Word(design)] & Bit(design)) != 0; }

  friend constexpr DesignSet operator|(DesignSet a, const DesignSet& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words_[i] |= b.words_[i];
    return a;
  }
  friend constexpr bool operator==(const DesignSet&, const DesignSet&) = default;

 private:
  static constexpr std::size_t Word(Design design) { return static_cast<std::size_t>(design) / 64; }
  static constexpr std::uint64_t Bit(Design design) {
    return std::uint64_t{1} << static_cast<std::size_t>(design) % 64;
  }
  static_assert(kDesigns.size() <= kWords * 64);

  Words words_{};
};

// These and no other.
template <typename... Designs>
constexpr DesignSet Only(Designs... designs) {
  DesignSet set;
  (set.Add(designs), ...);
  return set;
}

// The first one and all that came after it in its line.
constexpr DesignSet Since(Design first) {
  DesignSet set;
  for (const DesignDef& def : kDesigns) {
    if (def.line == DefOf(first).line && def.design >= first) set.Add(def.design);
  }
  return set;
}

// Who makes a line's designs. Centaur sold Zhaoxin's under its own name.
constexpr MakerSet MakersOf(Line line) {
  switch (line) {
    case Line::kEarlierIntel:
    case Line::kCore:
    case Line::kXeon:
    case Line::kAtom:
    case Line::kAtomServer:
    case Line::kXeonPhi:
      return MakerSet(Vendor::kIntel);
    case Line::kAmd:
      return MakerSet(Vendor::kAmd);
    case Line::kHygon:
      return MakerSet(Vendor::kHygon);
    case Line::kCentaur:
      return MakerSet(Vendor::kCentaur);
    case Line::kZhaoxin:
      return MakerSet(Vendor::kCentaur, Vendor::kZhaoxin);
  }
  return {};
}

// One CPU of a design, or several that have one codename.
struct KnownCpu {
  Design design;
  std::string_view codename;  // "Zen 5 (Granite Ridge)"
};

namespace registers {

// Nothing for a CPU that the table does not know.
std::optional<KnownCpu> FindKnownCpu(Vendor vendor, const CpuSignature& signature);

}  // namespace registers
}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_DESIGNS_H_
