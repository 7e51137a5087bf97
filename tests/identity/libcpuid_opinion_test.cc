// When libcpuid's name for a CPU is a doubt about ours: not where it is the same
// thing in other words, and not where it guesses.

#include "identity/libcpuid_opinion.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {
namespace {

struct Names {
  std::string theirs;
  std::string ours;
};

std::ostream& operator<<(std::ostream& out, const Names& names) {
  return out << names.theirs << " / " << names.ours;
}

class SameDesign : public testing::TestWithParam<Names> {};

TEST_P(SameDesign, IsNoDoubt) {
  EXPECT_EQ(CompareDesigns(GetParam().theirs, GetParam().ours), NamedDesign::kOurs);
}

INSTANTIATE_TEST_SUITE_P(
    All, SameDesign,
    testing::Values(
        Names{"Haswell (Core i7)", "Haswell"},
        Names{"Bloomfield (Core i7)", "Nehalem (Nehalem-EP)"},
        Names{"Xeon (Gainestown)", "Nehalem (Nehalem-EP)"},
        Names{"Clarkdale (Core i5)", "Westmere"}, Names{"Xeon (Harpertown)", "Penryn"},
        Names{"Xeon (Clovertown)", "Core (Merom)"}, Names{"Conroe-L (Celeron)", "Core (Merom-L)"},
        Names{"Xeon (Dempsey)", "NetBurst (Presler)"},
        Names{"Xeon (Nocona)", "NetBurst (Prescott)"}, Names{"Atom (Diamondville)", "Bonnell"},
        Names{"Phenom II X4 (Deneb)", "K10 (Shanghai)"},
        Names{"Phenom II X4 (Zosma)", "K10 (Thuban)"},
        Names{"Athlon II (Champlain)", "K10 (Regor)"},
        Names{"Mobile Sempron 64 (Keene/256K)", "K8 (revision F)"},
        Names{"Brazos Zacate", "Bobcat (Ontario)"}, Names{"Interlagos", "Bulldozer (Zambezi)"},
        Names{"Abu Dhabi", "Piledriver (Vishera)"}, Names{"Bald Eagle X2", "Steamroller (Kaveri)"},
        Names{"EPYC (Naples)", "Zen (Summit Ridge, Naples)"},
        Names{"Kaby Lake-R (Core i7)", "Kaby Lake-R, Coffee Lake-U"}));

class NoDesign : public testing::TestWithParam<Names> {};

TEST_P(NoDesign, IsNoDoubt) {
  EXPECT_EQ(CompareDesigns(GetParam().theirs, GetParam().ours), NamedDesign::kNone);
}

// A product is no design, and neither is what nobody here has heard of.
INSTANTIATE_TEST_SUITE_P(NamesOfProducts, NoDesign,
                         testing::Values(Names{"Opteron", "K8 (revision F)"},
                                         Names{"Athlon FX", "Bulldozer (Zambezi)"},
                                         Names{"A64 Sempron (128K)", "K8 (revision G)"},
                                         Names{"EPYC", "Zen 4 (Genoa)"},
                                         Names{"More than quad-core", "Arrow Lake"},
                                         Names{"Nonesuch Lake (Core i7)", "Haswell"}));

class OtherDesign : public testing::TestWithParam<Names> {};

TEST_P(OtherDesign, IsADoubt) {
  EXPECT_EQ(CompareDesigns(GetParam().theirs, GetParam().ours), NamedDesign::kAnother);
}

INSTANTIATE_TEST_SUITE_P(All, OtherDesign,
                         testing::Values(Names{"Pentium III (Coppermine)", "Meteor Lake"},
                                         Names{"Ryzen 9 (Rembrandt)", "Zen 5 (Granite Ridge)"},
                                         Names{"EPYC (Milan)", "Zen 4 (Genoa)"},
                                         Names{"AMD 486DX4", "Zen 4 (Phoenix)"},
                                         Names{"Sempron (Sargas)", "Zen 2"},
                                         Names{"Abu Dhabi", "K10 (Barcelona)"},
                                         Names{"Skylake (Core i5)", "Nehalem (Lynnfield)"},
                                         Names{"Skylake-X (Core i9)", "Cascade Lake"},
                                         Names{"Broadwell-E (Core i7)", "Haswell (Haswell-E)"}));

// A CPU as far as libcpuid looks at it.
struct Cpu {
  std::string vendor;
  std::uint32_t signature = 0;
  std::string brand;
};

PlatformSnapshot Made(const Cpu& made) {
  const auto word = [](const std::string& text, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4 && at + i < text.size(); ++i) {
      value |= std::uint32_t{static_cast<unsigned char>(text[at + i])} << 8 * i;
    }
    return value;
  };
  std::string dump = "vtprobe-dump 1\ncpu 0\n";
  const auto add = [&](std::uint32_t leaf, const std::array<std::uint32_t, 4>& values) {
    dump += fmt::format("cpuid {:#x}.0x0 = {:#x} {:#x} {:#x} {:#x}\n", leaf, values[0], values[1],
                        values[2], values[3]);
  };
  add(0, {0x16, word(made.vendor, 0), word(made.vendor, 8), word(made.vendor, 4)});
  add(1, {made.signature, 0, 0, 0});
  add(0x8000'0000, {0x8000'0004, 0, 0, 0});
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::size_t at = 16 * i;
    add(0x8000'0002 + i, {word(made.brand, at), word(made.brand, at + 4), word(made.brand, at + 8),
                          word(made.brand, at + 12)});
  }
  auto parsed = ParseDump(dump);
  EXPECT_TRUE(parsed) << dump;
  return *std::move(parsed);
}

std::optional<std::string> DoubtOf(const Cpu& made, std::string_view our_codename) {
  const PlatformSnapshot snapshot = Made(made);
  return LibcpuidDoubt(SnapshotCpu(snapshot, LogicalCpu{0}), our_codename);
}

const Cpu kHaswell{"GenuineIntel", 0x306c3, "Intel(R) Core(TM) i7-4770K CPU @ 3.50GHz"};
const Cpu kCoffeeLakeR{"GenuineIntel", 0x906ed, "Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz"};
const Cpu kRome{"AuthenticAMD", 0x830f10, "AMD EPYC 7742 64-Core Processor"};

// The signatures are those of Intel's and AMD's revision guides; libcpuid 0.6.2
// has rows for them.
TEST(Doubt, IsSaidWhereLibcpuidKnowsTheCpu) {
  EXPECT_EQ(DoubtOf(kHaswell, "Skylake"), "Haswell (Core i7)");
  EXPECT_EQ(DoubtOf(kRome, "Zen 4 (Genoa)"), "EPYC (Rome)");
  EXPECT_EQ(DoubtOf(kHaswell, "unknown (family 6 model 0x3c)"), "Haswell (Core i7)");
}

TEST(Doubt, IsSaidOfACpuThatItsSteppingTellsApart) {
  EXPECT_EQ(DoubtOf(kCoffeeLakeR, "Skylake"), "Coffee Lake-R (Core i9)");
}

TEST(Doubt, IsNoneWhereTheNamesAgree) {
  EXPECT_EQ(DoubtOf(kHaswell, "Haswell"), std::nullopt);
  EXPECT_EQ(DoubtOf(kRome, "Zen 2 (Rome, Castle Peak)"), std::nullopt);
}

// It takes these for a Katmai by four bits of the model, for a 486 of the same
// model, and for a Milan and a Rembrandt by brand and caches.
TEST(Doubt, IsNoneWhereLibcpuidGuessesTheModel) {
  EXPECT_EQ(DoubtOf({"GenuineIntel", 0xd0670, ""}, "Bartlett Lake"), std::nullopt);
  EXPECT_EQ(DoubtOf({"GenuineIntel", 0x590, ""}, "Quark"), std::nullopt);
  EXPECT_EQ(DoubtOf({"GenuineIntel", 0xa06a4, "Intel(R) Core(TM) Ultra 7 155H"}, "Meteor Lake"),
            std::nullopt);
  EXPECT_EQ(DoubtOf({"AuthenticAMD", 0xa10f11, "AMD EPYC 9654 96-Core Processor"}, "Zen 4 (Genoa)"),
            std::nullopt);
  EXPECT_EQ(DoubtOf({"AuthenticAMD", 0xb40f40, "AMD Ryzen 9 9950X 16-Core Processor"},
                    "Zen 5 (Granite Ridge)"),
            std::nullopt);
}

// The other way around: Skylake's 0x5e ends in the four bits of Yonah's 0xe. It is
// no better a guess where ours is wrong.
TEST(Doubt, IsNoneWhereTheRowIsOfAModelWithAnExtension) {
  const Cpu sample{"GenuineIntel", 0x6e4, "Intel(R) Core(TM) i7 CPU"};
  EXPECT_EQ(DoubtOf(sample, "Yonah"), std::nullopt);
  EXPECT_EQ(DoubtOf(sample, "Penryn"), std::nullopt);
}

// Model 0x55 is Skylake-SP up to stepping 4 and Cascade Lake from 5 on, for which
// 0.6.2 has one row.
TEST(Doubt, IsNoneWhereOnlyOursTellsTheSteppingsApart) {
  EXPECT_EQ(DoubtOf({"GenuineIntel", 0x50657, "Intel(R) Core(TM) i9-10980XE CPU @ 3.00GHz"},
                    "Cascade Lake"),
            std::nullopt);
}

// Its rows for Raphael state stepping 2.
TEST(Doubt, IsNoneWhereTheRowStatesAnotherStepping) {
  const std::string brand = "AMD Ryzen 9 7950X 16-Core Processor";
  EXPECT_EQ(DoubtOf({"AuthenticAMD", 0xa60f12, brand}, "Zen 3 (Vermeer)"), "Ryzen 9 (Raphael)");
  EXPECT_EQ(DoubtOf({"AuthenticAMD", 0xa60f10, brand}, "Zen 3 (Vermeer)"), std::nullopt);
}

// Model 0xa of the Pentium III is Coppermine and Cascades.
TEST(Doubt, IsNoneWhereAnotherRowOfTheModelNamesOurs) {
  EXPECT_EQ(DoubtOf({"GenuineIntel", 0x6a4, ""}, "P6 (Cascades)"), std::nullopt);
}

}  // namespace
}  // namespace vtprobe
