// What a CPU must be, or have, for something to be there: as data, so that one
// statement says whether a register is there, what else has to be read to know,
// and how that is put into words.
//
//   AllOf(kIntelCompatible, AnyOf(kVmx, kSmx, kSgx))
//   AllOf(kMadeByIntel, Has(kMtrrCap, "SMRR"), Not(Is(Only(Design::kCore2))))

#ifndef VTPROBE_REGISTERS_REQUIREMENT_H_
#define VTPROBE_REGISTERS_REQUIREMENT_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "vtprobe/registers/definition.h"
#include "vtprobe/registers/designs.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe {

// A literal type without pointers, which costs nothing when a process starts.
// Made by the functions below; what does not fit into kCapacity nodes does not
// compile.
class Requirement {
 public:
  static constexpr std::size_t kCapacity = 10;

  // A statement, or what joins those that follow it.
  struct Node {
    enum class Kind : std::uint8_t {
      kAllOf,
      kAnyOf,
      kNot,
      kMaker,        // one of `makers`
      kFamilySince,  // the display family is `at` or a later one
      kDesign,       // one of designs()
      kCpuid,        // of an output register of leaf `at`, subleaf words[1], bits of mask() are set
      kMsr,          // the bits mask() of MSR `at` are more than threshold(), where they stand
    };

    Kind kind = Kind::kAllOf;
    std::uint8_t size = 1;  // in nodes, with those that it joins
    CpuidRegister output = CpuidRegister::kEax;
    MakerSet makers{};
    std::uint32_t at = 0;
    std::array<std::uint64_t, 2> words{};

    constexpr std::uint64_t mask() const { return words[0]; }
    constexpr std::uint64_t threshold() const { return words[1]; }
    constexpr CpuidLeaf leaf() const { return {at, static_cast<std::uint32_t>(words[1])}; }
    constexpr DesignSet designs() const { return DesignSet(words); }
  };

  constexpr Requirement() = default;
  // That the field is not 0.
  constexpr Requirement(const CpuidField& cpuid)  // NOLINT(google-explicit-constructor)
      : Requirement(Node{.kind = Node::Kind::kCpuid,
                         .output = cpuid.output,
                         .at = cpuid.leaf.leaf,
                         .words = {cpuid.field.mask(), cpuid.leaf.subleaf}}) {}
  constexpr explicit Requirement(const Node& statement) {
    nodes_[0] = statement;
    size_ = 1;
  }

  // Those of each node stand behind it. Empty for one that nobody stated.
  constexpr std::span<const Node> nodes() const { return std::span(nodes_).first(size_); }
  constexpr bool empty() const { return size_ == 0; }
  constexpr bool LooksAtMsrs() const {
    const auto all = nodes();
    return std::any_of(all.begin(), all.end(),
                       [](const Node& node) { return node.kind == Node::Kind::kMsr; });
  }

  // All statements or one of them. Nested ones of the same kind are one.
  template <typename... Requirements>
  static constexpr Requirement Join(Node::Kind kind, const Requirements&... parts) {
    Requirement joined(Node{.kind = kind});
    (joined.Append(kind, parts), ...);
    return joined;
  }

 private:
  constexpr void Append(Node::Kind kind, const Requirement& part) {
    const auto nodes = part.nodes();
    for (const Node& node : nodes.subspan(nodes[0].kind == kind ? 1 : 0)) {
      if (size_ == kCapacity) throw std::logic_error("a requirement of too many statements");
      nodes_[size_++] = node;
    }
    nodes_[0].size = static_cast<std::uint8_t>(size_);
  }

  std::array<Node, kCapacity> nodes_{};
  std::size_t size_ = 0;
};

// Of a register of the table.
struct Gate {
  Requirement requirement{};
  // Of which it may be: those that the requirement names, and that those of the
  // MSRs it looks at name.
  MakerSet makers{};
};

namespace registers {

template <typename... Requirements>
constexpr Requirement AllOf(const Requirements&... parts) {
  return Requirement::Join(Requirement::Node::Kind::kAllOf, Requirement(parts)...);
}
template <typename... Requirements>
constexpr Requirement AnyOf(const Requirements&... parts) {
  return Requirement::Join(Requirement::Node::Kind::kAnyOf, Requirement(parts)...);
}
constexpr Requirement Not(const Requirement& part) {
  return Requirement::Join(Requirement::Node::Kind::kNot, part);
}

constexpr Requirement MadeBy(MakerSet makers) {
  return Requirement(Requirement::Node{.kind = Requirement::Node::Kind::kMaker, .makers = makers});
}
// Families are counted as displayed: with the extended family added.
constexpr Requirement FamilySince(std::uint32_t family) {
  return Requirement(
      Requirement::Node{.kind = Requirement::Node::Kind::kFamilySince, .at = family});
}
// A CPU that designs.def does not know is none of them.
constexpr Requirement Is(const DesignSet& designs) {
  return Requirement(
      Requirement::Node{.kind = Requirement::Node::Kind::kDesign, .words = designs.words()});
}

// A field of another MSR, one that says what else there is: that it is not 0,
// or more than a number. A CPU that does not have that MSR does not meet it. A
// misspelt field does not compile.
consteval Requirement Has(const MsrDef& msr, std::string_view field) {
  return Requirement(Requirement::Node{.kind = Requirement::Node::Kind::kMsr,
                                       .at = Number(msr.address),
                                       .words = {msr[field].mask(), 0}});
}
consteval Requirement HasMore(const MsrDef& msr, std::string_view field, std::uint64_t than) {
  return Requirement(Requirement::Node{.kind = Requirement::Node::Kind::kMsr,
                                       .at = Number(msr.address),
                                       .words = {msr[field].mask(), than << msr[field].low}});
}

inline constexpr Requirement kMadeByIntel = MadeBy(MakerSet(Vendor::kIntel));
// The makers whose CPUs follow Intel's registers, and AMD's.
inline constexpr Requirement kIntelCompatible =
    MadeBy(MakerSet(Vendor::kIntel, Vendor::kCentaur, Vendor::kZhaoxin));
inline constexpr Requirement kAmdCompatible = MadeBy(MakerSet(Vendor::kAmd, Vendor::kHygon));
inline constexpr Requirement kAnyKnownMaker = MadeBy(kKnownMakers);

}  // namespace registers
}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_REQUIREMENT_H_
