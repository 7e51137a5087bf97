// When libcpuid's name for a CPU is a doubt about ours, and when it is the same
// thing in other words.

#include "identity/libcpuid_opinion.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

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
  EXPECT_FALSE(NamesAnotherDesign(GetParam().theirs, GetParam().ours));
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

// A product is no design, and neither is what nobody here has heard of.
INSTANTIATE_TEST_SUITE_P(NamesOfProducts, SameDesign,
                         testing::Values(Names{"Opteron", "K8 (revision F)"},
                                         Names{"Athlon FX", "Bulldozer (Zambezi)"},
                                         Names{"A64 Sempron (128K)", "K8 (revision G)"},
                                         Names{"EPYC", "Zen 4 (Genoa)"},
                                         Names{"More than quad-core", "Arrow Lake"},
                                         Names{"Nonesuch Lake (Core i7)", "Haswell"}));

class OtherDesign : public testing::TestWithParam<Names> {};

TEST_P(OtherDesign, IsADoubt) {
  EXPECT_TRUE(NamesAnotherDesign(GetParam().theirs, GetParam().ours));
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

}  // namespace
}  // namespace vtprobe
