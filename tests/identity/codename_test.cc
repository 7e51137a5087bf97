// Signatures of processors that were sold, and the designs that their makers
// say these are: Intel from the microcode release notes ([intel/mcu]) and
// [intel/sdm-vol4] table 2-1, AMD from its revision guides and processor
// programming references.

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>

#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe {
namespace {

struct Sample {
  std::string name;  // of the test
  Vendor vendor;
  std::uint32_t eax;  // of CPUID leaf 1
  std::string codename;
};

std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.name; }

class Codename : public testing::TestWithParam<Sample> {};

CpuidRegisters VendorLeaf(Vendor vendor) {
  switch (vendor) {
    case Vendor::kIntel:
      return {1, 0x756e6547, 0x6c65746e, 0x49656e69};
    case Vendor::kAmd:
      return {1, 0x68747541, 0x444d4163, 0x69746e65};
    case Vendor::kHygon:
      return {1, 0x6f677948, 0x656e6975, 0x6e65476e};
    case Vendor::kCentaur:
      return {1, 0x746e6543, 0x736c7561, 0x48727561};
    case Vendor::kZhaoxin:
      return {1, 0x68532020, 0x20206961, 0x68676e61};
    case Vendor::kOther:
      break;
  }
  return {};
}

TEST_P(Codename, IsItsMakers) {
  const Sample& sample = GetParam();
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{0})));
  ASSERT_TRUE(builder.AddCpuid({0, 0}, PartialCpuid{VendorLeaf(sample.vendor)}));
  ASSERT_TRUE(builder.AddCpuid({1, 0}, PartialCpuid{{sample.eax, 0, 0, 0}}));
  const PlatformSnapshot snapshot = builder.Build();
  const Identity identity = Identify(SnapshotCpu(snapshot, LogicalCpu{0}));
  ASSERT_EQ(identity.vendor, sample.vendor);
  ASSERT_TRUE(identity.signature);
  EXPECT_EQ(FindCodename(*identity.vendor, *identity.signature).value_or("unknown"),
            sample.codename);
}

std::string NameOf(const testing::TestParamInfo<Sample>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    IntelCore, Codename,
    testing::Values(Sample{"PentiumD950", Vendor::kIntel, 0xf62, "NetBurst (Presler)"},
                    Sample{"Core2DuoE6600", Vendor::kIntel, 0x6f6, "Core (Merom)"},
                    Sample{"Core2QuadQ9450", Vendor::kIntel, 0x10677, "Penryn"},
                    Sample{"CoreI7_920", Vendor::kIntel, 0x106a5, "Nehalem (Nehalem-EP)"},
                    Sample{"CoreI7_870", Vendor::kIntel, 0x106e5, "Nehalem (Lynnfield)"},
                    Sample{"XeonX7560", Vendor::kIntel, 0x206e6, "Nehalem (Nehalem-EX)"},
                    Sample{"CoreI5_650", Vendor::kIntel, 0x20652, "Westmere"},
                    Sample{"XeonX5670", Vendor::kIntel, 0x206c2, "Westmere (Westmere-EP)"},
                    Sample{"XeonE7_4870", Vendor::kIntel, 0x206f2, "Westmere (Westmere-EX)"},
                    Sample{"CoreI7_2600", Vendor::kIntel, 0x206a7, "Sandy Bridge"},
                    Sample{"XeonE5_2690", Vendor::kIntel, 0x206d7, "Sandy Bridge (Sandy Bridge-E)"},
                    Sample{"CoreI7_3770", Vendor::kIntel, 0x306a9, "Ivy Bridge"},
                    Sample{"XeonE7v2", Vendor::kIntel, 0x306e7, "Ivy Bridge (Ivy Bridge-E)"},
                    Sample{"CoreI7_4770", Vendor::kIntel, 0x306c3, "Haswell"},
                    Sample{"XeonE5v3", Vendor::kIntel, 0x306f2, "Haswell (Haswell-E)"},
                    Sample{"CoreI5_5200U", Vendor::kIntel, 0x306d4, "Broadwell"},
                    Sample{"XeonD1541", Vendor::kIntel, 0x50663, "Broadwell (Broadwell-DE)"},
                    Sample{"XeonE5v4", Vendor::kIntel, 0x406f1, "Broadwell (Broadwell-E)"},
                    Sample{"CoreI7_6600U", Vendor::kIntel, 0x406e3, "Skylake"},
                    Sample{"CoreI7_6700", Vendor::kIntel, 0x506e3, "Skylake"}),
    NameOf);

// One model, by its stepping.
INSTANTIATE_TEST_SUITE_P(
    IntelSteppings, Codename,
    testing::Values(Sample{"XeonGold6148", Vendor::kIntel, 0x50654, "Skylake (Skylake-SP)"},
                    Sample{"XeonGold6248B0", Vendor::kIntel, 0x50656, "Cascade Lake"},
                    Sample{"XeonGold6248B1", Vendor::kIntel, 0x50657, "Cascade Lake"},
                    Sample{"XeonPlatinum8380H", Vendor::kIntel, 0x5065b, "Cooper Lake"},
                    Sample{"CoreI7_7500U", Vendor::kIntel, 0x806e9, "Kaby Lake, Amber Lake"},
                    Sample{"CoreI7_8650U", Vendor::kIntel, 0x806ea, "Kaby Lake-R, Coffee Lake-U"},
                    Sample{"CoreI7_8565U", Vendor::kIntel, 0x806eb, "Whiskey Lake"},
                    Sample{"CoreI7_10510U", Vendor::kIntel, 0x806ec,
                           "Comet Lake-U, Whiskey Lake, Amber Lake"},
                    Sample{"CoreI7_7700", Vendor::kIntel, 0x906e9, "Kaby Lake"},
                    Sample{"CoreI7_8700", Vendor::kIntel, 0x906ea, "Coffee Lake"},
                    Sample{"CoreI3_8100", Vendor::kIntel, 0x906eb, "Coffee Lake"},
                    Sample{"CoreI9_9900K", Vendor::kIntel, 0x906ec, "Coffee Lake"},
                    Sample{"XeonE2288G", Vendor::kIntel, 0x906ed, "Coffee Lake"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    IntelSince2018, Codename,
    testing::Values(Sample{"CoreI3_8121U", Vendor::kIntel, 0x60663, "Cannon Lake"},
                    Sample{"CoreI9_10900", Vendor::kIntel, 0xa0655, "Comet Lake"},
                    Sample{"CoreI7_10710U", Vendor::kIntel, 0xa0660, "Comet Lake (Comet Lake-U)"},
                    Sample{"CoreI7_1065G7", Vendor::kIntel, 0x706e5, "Ice Lake"},
                    Sample{"XeonPlatinum8380", Vendor::kIntel, 0x606a6, "Ice Lake (Ice Lake-SP)"},
                    Sample{"XeonD2700", Vendor::kIntel, 0x606c1, "Ice Lake (Ice Lake-D)"},
                    Sample{"CoreI7_1165G7", Vendor::kIntel, 0x806c1, "Tiger Lake"},
                    Sample{"CoreI7_11800H", Vendor::kIntel, 0x806d1, "Tiger Lake (Tiger Lake-H)"},
                    Sample{"CoreI9_11900", Vendor::kIntel, 0xa0671, "Rocket Lake"},
                    Sample{"CoreI5_L16G7", Vendor::kIntel, 0x806a1, "Lakefield"},
                    Sample{"CoreI9_12900", Vendor::kIntel, 0x90672, "Alder Lake"},
                    Sample{"CoreI7_1260P", Vendor::kIntel, 0x906a3, "Alder Lake (Alder Lake-P)"},
                    Sample{"CoreI9_13900", Vendor::kIntel, 0xb0671, "Raptor Lake"},
                    Sample{"CoreI7_1360P", Vendor::kIntel, 0xb06a2, "Raptor Lake (Raptor Lake-P)"},
                    Sample{"CoreI5_13400", Vendor::kIntel, 0xb06f2, "Raptor Lake (Raptor Lake-S)"},
                    Sample{"BartlettLake", Vendor::kIntel, 0xd0670, "Bartlett Lake"},
                    Sample{"Timna", Vendor::kIntel, 0x692, "P6 (Timna)"},
                    Sample{"PentiumM_705", Vendor::kIntel, 0x695, "Pentium M (Banias)"},
                    Sample{"WildcatLake", Vendor::kIntel, 0xd0650, "Wildcat Lake"},
                    // Families 12H and 13H: the extended family is added to 0xf.
                    Sample{"NovaLake", Vendor::kIntel, 0x300f10, "Nova Lake"},
                    Sample{"CoreUltra7_155H", Vendor::kIntel, 0xa06a4, "Meteor Lake"},
                    Sample{"CoreUltra7_265K", Vendor::kIntel, 0xc0662, "Arrow Lake"},
                    Sample{"CoreUltra7_255H", Vendor::kIntel, 0xc0652, "Arrow Lake (Arrow Lake-H)"},
                    Sample{"CoreUltra7_255U", Vendor::kIntel, 0xb0650, "Arrow Lake (Arrow Lake-U)"},
                    Sample{"CoreUltra7_258V", Vendor::kIntel, 0xb06d1, "Lunar Lake"},
                    Sample{"PantherLake", Vendor::kIntel, 0xc06c2, "Panther Lake"},
                    Sample{"XeonPlatinum8480", Vendor::kIntel, 0x806f8, "Sapphire Rapids"},
                    Sample{"XeonPlatinum8592", Vendor::kIntel, 0xc06f2, "Emerald Rapids"},
                    Sample{"Xeon6980P", Vendor::kIntel, 0xa06d1, "Granite Rapids"},
                    Sample{"Xeon6726P_B", Vendor::kIntel, 0xa06e1,
                           "Granite Rapids (Granite Rapids-D)"},
                    // Family 13H: the extended family is added to 0xf.
                    Sample{"DiamondRapids", Vendor::kIntel, 0x400f10, "Diamond Rapids"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    IntelSmallCores, Codename,
    testing::Values(Sample{"AtomN270", Vendor::kIntel, 0x106c2, "Bonnell"},
                    Sample{"AtomE640", Vendor::kIntel, 0x20661, "Bonnell (Tunnel Creek)"},
                    Sample{"AtomZ2760", Vendor::kIntel, 0x30651, "Saltwell (Cloverview)"},
                    Sample{"CeleronJ1900", Vendor::kIntel, 0x30678, "Silvermont (Bay Trail)"},
                    Sample{"AtomC2750", Vendor::kIntel, 0x406d8, "Silvermont (Avoton)"},
                    Sample{"AtomX5Z8350", Vendor::kIntel, 0x406c4, "Airmont (Cherry Trail)"},
                    Sample{"CeleronN3350", Vendor::kIntel, 0x506c9, "Goldmont (Apollo Lake)"},
                    Sample{"AtomC3958", Vendor::kIntel, 0x506f1, "Goldmont (Denverton)"},
                    Sample{"CeleronN4100", Vendor::kIntel, 0x706a1, "Goldmont Plus (Gemini Lake)"},
                    Sample{"AtomP5900", Vendor::kIntel, 0x80665, "Tremont (Snow Ridge)"},
                    Sample{"AtomX6000E", Vendor::kIntel, 0x90661, "Tremont (Elkhart Lake)"},
                    Sample{"CeleronN5100", Vendor::kIntel, 0x906c0, "Tremont (Jasper Lake)"},
                    Sample{"ProcessorN100", Vendor::kIntel, 0xb06e0, "Gracemont (Alder Lake-N)"},
                    Sample{"Xeon6780E", Vendor::kIntel, 0xa06f3, "Crestmont (Sierra Forest)"},
                    Sample{"ClearwaterForest", Vendor::kIntel, 0xd06d0,
                           "Darkmont (Clearwater Forest)"},
                    Sample{"XeonPhi7210", Vendor::kIntel, 0x50671, "Xeon Phi (Knights Landing)"},
                    Sample{"XeonPhi7295", Vendor::kIntel, 0x80650, "Xeon Phi (Knights Mill)"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Amd, Codename,
    testing::Values(
        Sample{"Opteron248", Vendor::kAmd, 0xf5a, "K8"},
        Sample{"Opteron2218", Vendor::kAmd, 0x40f12, "K8 (revision F)"},
        Sample{"Athlon64X2Brisbane", Vendor::kAmd, 0x60fb1, "K8 (revision G)"},
        Sample{"TurionZM82", Vendor::kAmd, 0x200f31, "K8 (Griffin)"},
        Sample{"Phenom9850", Vendor::kAmd, 0x100f23, "K10 (Barcelona)"},
        Sample{"PhenomII940", Vendor::kAmd, 0x100f42, "K10 (Shanghai)"},
        Sample{"Opteron6172", Vendor::kAmd, 0x100f91, "K10 (Magny-Cours)"},
        Sample{"PhenomII1055T", Vendor::kAmd, 0x100fa0, "K10 (Thuban)"},
        Sample{"A8_3850", Vendor::kAmd, 0x300f10, "K10 (Llano)"},
        Sample{"E350", Vendor::kAmd, 0x500f10, "Bobcat (Ontario)"},
        Sample{"BobcatSample", Vendor::kAmd, 0x500f01, "Bobcat (Ontario)"},
        Sample{"FX8150", Vendor::kAmd, 0x600f12, "Bulldozer (Zambezi, Interlagos)"},
        Sample{"Opteron6276", Vendor::kAmd, 0x600f12, "Bulldozer (Zambezi, Interlagos)"},
        Sample{"FX8350", Vendor::kAmd, 0x600f20, "Piledriver (Vishera, Abu Dhabi)"},
        Sample{"Opteron6386SE", Vendor::kAmd, 0x600f20, "Piledriver (Vishera, Abu Dhabi)"},
        Sample{"A10_5800K", Vendor::kAmd, 0x610f01, "Piledriver (Trinity)"},
        Sample{"A10_7850K", Vendor::kAmd, 0x630f01, "Steamroller (Kaveri)"},
        Sample{"FX8800P", Vendor::kAmd, 0x660f01, "Excavator (Carrizo)"},
        Sample{"A4_5000", Vendor::kAmd, 0x700f01, "Jaguar (Kabini)"},
        Sample{"A9_9820", Vendor::kAmd, 0x720f61, "Jaguar (Cato)"},
        Sample{"A6_6310", Vendor::kAmd, 0x730f01, "Puma (Beema)"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    AmdZen, Codename,
    testing::Values(Sample{"Ryzen7_1800X", Vendor::kAmd, 0x800f11, "Zen (Summit Ridge, Naples)"},
                    Sample{"Ryzen5_2400G", Vendor::kAmd, 0x810f10, "Zen (Raven Ridge)"},
                    // Models without a name of their own: [linux] arch/x86/kernel/cpu/amd.c.
                    Sample{"Zen_00", Vendor::kAmd, 0x800f00, "Zen"},
                    Sample{"Zen_2F", Vendor::kAmd, 0x820ff0, "Zen"},
                    Sample{"Zen_50", Vendor::kAmd, 0x850f00, "Zen"},
                    Sample{"Zen2_30", Vendor::kAmd, 0x830f00, "Zen 2"},
                    Sample{"Zen3_0F", Vendor::kAmd, 0xa00ff0, "Zen 3"},
                    Sample{"Zen4_8F", Vendor::kAmd, 0xa80ff0, "Zen 4"},
                    Sample{"Ryzen7_2700X", Vendor::kAmd, 0x800f82, "Zen+ (Pinnacle Ridge)"},
                    Sample{"Ryzen5_3500U", Vendor::kAmd, 0x810f81, "Zen+ (Picasso)"},
                    Sample{"Epyc7742", Vendor::kAmd, 0x830f10, "Zen 2 (Rome, Castle Peak)"},
                    Sample{"Ryzen7_3700X", Vendor::kAmd, 0x870f10, "Zen 2 (Matisse)"},
                    Sample{"Ryzen7_4800U", Vendor::kAmd, 0x860f01, "Zen 2 (Renoir)"},
                    Sample{"Epyc7763", Vendor::kAmd, 0xa00f11, "Zen 3 (Milan)"},
                    Sample{"Threadripper5995WX", Vendor::kAmd, 0xa00f82, "Zen 3 (Chagall)"},
                    Sample{"Ryzen9_5950X", Vendor::kAmd, 0xa20f10, "Zen 3 (Vermeer)"},
                    Sample{"Ryzen7_5800H", Vendor::kAmd, 0xa50f00, "Zen 3 (Cezanne)"},
                    Sample{"Ryzen9_6900HX", Vendor::kAmd, 0xa40f41, "Zen 3+ (Rembrandt)"},
                    Sample{"Epyc9654", Vendor::kAmd, 0xa10f11, "Zen 4 (Genoa)"},
                    Sample{"Threadripper7995WX", Vendor::kAmd, 0xa10f81, "Zen 4 (Storm Peak)"},
                    Sample{"Ryzen9_7950X", Vendor::kAmd, 0xa60f12, "Zen 4 (Raphael)"},
                    Sample{"Ryzen9_7940HS", Vendor::kAmd, 0xa70f41, "Zen 4 (Phoenix)"},
                    Sample{"Epyc9754", Vendor::kAmd, 0xaa0f02, "Zen 4 (Bergamo)"},
                    Sample{"Epyc9655", Vendor::kAmd, 0xb00f21, "Zen 5 (Turin)"},
                    Sample{"Threadripper9995WX", Vendor::kAmd, 0xb00f81, "Zen 5 (Shimada Peak)"},
                    Sample{"Epyc9965", Vendor::kAmd, 0xb10f10, "Zen 5 (Turin Dense)"},
                    Sample{"RyzenAi9Hx370", Vendor::kAmd, 0xb20f40, "Zen 5 (Strix Point)"},
                    Sample{"Ryzen9_9950X", Vendor::kAmd, 0xb40f40, "Zen 5 (Granite Ridge)"},
                    Sample{"RyzenAi7_350", Vendor::kAmd, 0xb60f00, "Zen 5 (Krackan Point)"},
                    Sample{"RyzenAiMax395", Vendor::kAmd, 0xb70f00, "Zen 5 (Strix Halo)"},
                    Sample{"Zen6", Vendor::kAmd, 0xb50f00, "Zen 6"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Others, Codename,
    testing::Values(Sample{"HygonC86", Vendor::kHygon, 0x900f02, "Dhyana"},
                    Sample{"ViaNano", Vendor::kCentaur, 0x6f2, "Isaiah"},
                    Sample{"Cns", Vendor::kCentaur, 0x40672, "CNS"},
                    Sample{"Kx6000", Vendor::kCentaur, 0x307b2, "LuJiaZui"},
                    Sample{"Kx6000Shanghai", Vendor::kZhaoxin, 0x307b0, "LuJiaZui"},
                    Sample{"Kh40000", Vendor::kCentaur, 0x507b3, "YongFeng"},
                    Sample{"Kx7000", Vendor::kCentaur, 0x607b1, "ShiJiDaDao"},
                    // Nobody's.
                    Sample{"IntelFamily6Model0xff", Vendor::kIntel, 0xf06f0, "unknown"},
                    Sample{"SteppingBetweenTwoDesigns", Vendor::kIntel, 0x50658, "unknown"}),
    NameOf);

}  // namespace
}  // namespace vtprobe
