// When the registers of msr.def are there: the rows' requirements, made where
// the constants of all rows are known, so that one may look at a register that
// stands further down.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/registers/designs.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe::registers {
namespace {

using enum Design;
using Node = Requirement::Node;

// What several rows require.

constexpr Requirement kHasVmx = AllOf(kIntelCompatible, kVmx);

constexpr Requirement kHasTme = AllOf(kMadeByIntel, kCpuid7Ecx["TME_EN"]);

// Core 2 has its own SMRR, at 0xA0 and 0xA1, which the lock of 0x3A hides; the
// first Atoms have none. [intel/sdm-vol4] tables 2-3 and 2-4
constexpr Requirement kHasSmrr =
    AllOf(kMadeByIntel, Has(kMtrrCap, "SMRR"), Not(Is(Only(kCore2, kBonnell, kSaltwell))));

// [intel/sdm-vol4] tables 2-2 and 2-25; the models as in
// arch/x86/kernel/cpu/common.c of [linux].
constexpr Requirement kHasPpin = AllOf(
    kMadeByIntel,
    AnyOf(kCpuid7Subleaf1Ebx["PPIN"],
          AllOf(Is(Since(kIvyBridgeE) | Since(kKnightsLanding)), Has(kPlatformInfo, "PPIN_CAP"))));

// Since processors of several sockets have SGX, a base for each socket stands in
// place of the one. [intel/sdm-vol4] table 2-14, [coreboot/coreboot]
// src/soc/intel/common/block/include/intelblocks/msr.h
constexpr Requirement kHasPrmrrPerSocket =
    Is(Since(kIceLake) | Since(kIceLakeSp) | Since(kTremont) | Since(kSnowRidge));

// Those of the other sockets: [intel/sdm-vol4] table 2-14 gives clients the first alone.
constexpr Requirement kHasPrmrrOfOtherSockets = Is(Since(kIceLakeSp) | Since(kSierraForest));

// What all CPUs of the AMD64 architecture have: AMD's from family 0FH on, and
// Hygon's. [amd/apm-vol2] chapter 3
constexpr Requirement kAmd64 = AllOf(kAmdCompatible, FamilySince(0xf));

// The members of a row of which the requirement is asked here.
struct Row {
  std::string_view name{};
  MsrAddress address{};
  std::string_view title{};
  std::string_view spec{};
  Scope scope{};
  Requirement present{};
  bool identifies = false;
  FieldList fields{};
};

constexpr std::size_t kRows = static_cast<std::size_t>(MsrRow::kCount);

#define VTPROBE_WHEN(...) Requirement(__VA_ARGS__)
#define VTPROBE_MSR(constant, ...) Row{__VA_ARGS__},
#pragma push_macro("VTPROBE_FIELDS")
#undef VTPROBE_FIELDS
#define VTPROBE_FIELDS(...) FieldList()
constexpr std::array<Row, kRows> kTable = {
#include "vtprobe/registers/msr.def"
};
#undef VTPROBE_FIELDS
#pragma pop_macro("VTPROBE_FIELDS")
#undef VTPROBE_MSR
#undef VTPROBE_WHEN

// The row of an address; kRows if there is none.
constexpr std::size_t PlaceOf(std::uint32_t address) {
  std::size_t place = 0;
  while (place < kRows && Number(kTable[place].address) != address) ++place;
  return place;
}

// Whether the MSRs that a row looks at are rows, and none of them looks at it in
// turn. `depth` is how many rows were passed on the way.
// NOLINTNEXTLINE(misc-no-recursion): ends at kRows, and when this is compiled
constexpr bool CanBeAsked(std::size_t place, std::size_t depth = 0) {
  if (depth > kRows) return false;
  // NOLINTNEXTLINE(readability-use-anyofallof): recursion by way of an algorithm
  for (const Node& node : kTable[place].present.nodes()) {
    if (node.kind != Node::Kind::kMsr) continue;
    const std::size_t other = PlaceOf(node.at);
    if (other == kRows || !CanBeAsked(other, depth + 1)) return false;
  }
  return true;
}

#define VTPROBE_MSR(constant, ...)                                                   \
  static_assert(!kTable[static_cast<std::size_t>(MsrRow::constant)].present.empty(), \
                "msr.def, " #constant ": does not say when it is present");          \
  static_assert(CanBeAsked(static_cast<std::size_t>(MsrRow::constant)),              \
                "msr.def, " #constant                                                \
                ": looks at an MSR without a row, or, by way of it, at itself");
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR

constexpr MakerSet MakersOf(const DesignSet& designs) {
  MakerSet makers;
  for (const DesignDef& def : kDesigns) {
    if (designs.Contains(def.design)) makers = makers | MakersOf(def.line);
  }
  return makers;
}

// The makers of which a CPU may meet the statement at `at`.
// NOLINTNEXTLINE(misc-no-recursion): rows do not look at themselves, see CanBeAsked
constexpr MakerSet MakersOf(const Requirement& requirement, std::size_t at = 0) {
  const Node& node = requirement.nodes()[at];
  switch (node.kind) {
    case Node::Kind::kAllOf:
    case Node::Kind::kAnyOf: {
      const bool all = node.kind == Node::Kind::kAllOf;
      MakerSet makers = all ? kKnownMakers : MakerSet();
      for (std::size_t i = at + 1; i < at + node.size; i += requirement.nodes()[i].size) {
        const MakerSet part = MakersOf(requirement, i);
        makers = all ? makers & part : makers | part;
      }
      return makers;
    }
    case Node::Kind::kMaker:
      return node.makers;
    case Node::Kind::kDesign:
      return MakersOf(node.designs());
    case Node::Kind::kMsr:
      return MakersOf(kTable[PlaceOf(node.at)].present);
    case Node::Kind::kNot:  // says who lacks it
    case Node::Kind::kFamilySince:
    case Node::Kind::kCpuid:
      return kKnownMakers;
  }
  return {};
}

constexpr std::array<Gate, kRows> MakeGates() {
  std::array<Gate, kRows> gates{};
  for (std::size_t i = 0; i < kRows; ++i) {
    gates[i] = {kTable[i].present, MakersOf(kTable[i].present)};
  }
  return gates;
}

}  // namespace

constexpr std::array<Gate, kRows> kMsrGates = MakeGates();

}  // namespace vtprobe::registers
