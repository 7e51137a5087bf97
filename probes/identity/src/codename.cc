// Which microarchitecture a family, model and stepping stand for, and what its
// maker called the design: "Zen 5 (Granite Ridge)". One table; a new CPU is one
// row.

#include <array>
#include <cstdint>

#include "vtprobe/probes/identity.h"

namespace vtprobe {
namespace {

// Both ends belong to it.
struct Range {
  std::uint32_t first;
  std::uint32_t last;

  constexpr bool Contains(std::uint32_t number) const { return first <= number && number <= last; }
};

constexpr Range kAnyStepping{0, 15};

struct Row {
  Vendor vendor;
  std::uint32_t family;
  Range models;
  Range steppings;
  std::string_view codename;
};

constexpr std::array kRows = {
    // Intel: [intel/sdm-vol4] table 2-1 and [linux] arch/x86/include/asm/intel-family.h; steppings
    // from [intel/mcu] releasenote.md.
    Row{Vendor::kIntel, 0x4, {0x0, 0xf}, kAnyStepping, "i486"},
    Row{Vendor::kIntel, 0x5, {0x0, 0x8}, kAnyStepping, "P5"},
    Row{Vendor::kIntel, 0x5, {0x9, 0x9}, kAnyStepping, "Quark"},
    Row{Vendor::kIntel, 0x6, {0x1, 0x1}, kAnyStepping, "P6 (Pentium Pro)"},
    Row{Vendor::kIntel, 0x6, {0x3, 0x3}, kAnyStepping, "P6 (Klamath)"},
    Row{Vendor::kIntel, 0x6, {0x5, 0x5}, kAnyStepping, "P6 (Deschutes)"},
    Row{Vendor::kIntel, 0x6, {0x6, 0x6}, kAnyStepping, "P6 (Mendocino)"},
    Row{Vendor::kIntel, 0x6, {0x7, 0x7}, kAnyStepping, "P6 (Katmai)"},
    Row{Vendor::kIntel, 0x6, {0x8, 0x8}, kAnyStepping, "P6 (Coppermine)"},
    Row{Vendor::kIntel, 0x6, {0xa, 0xa}, kAnyStepping, "P6 (Cascades)"},
    Row{Vendor::kIntel, 0x6, {0xb, 0xb}, kAnyStepping, "P6 (Tualatin)"},
    Row{Vendor::kIntel, 0x6, {0x9, 0x9}, kAnyStepping, "Pentium M (Banias)"},
    Row{Vendor::kIntel, 0x6, {0xd, 0xd}, kAnyStepping, "Pentium M (Dothan)"},
    Row{Vendor::kIntel, 0x6, {0x15, 0x15}, kAnyStepping, "Pentium M (Tolapai)"},
    Row{Vendor::kIntel, 0x6, {0xe, 0xe}, kAnyStepping, "Yonah"},
    Row{Vendor::kIntel, 0x6, {0xf, 0xf}, kAnyStepping, "Core (Merom)"},
    Row{Vendor::kIntel, 0x6, {0x16, 0x16}, kAnyStepping, "Core (Merom-L)"},
    Row{Vendor::kIntel, 0x6, {0x17, 0x17}, kAnyStepping, "Penryn"},
    Row{Vendor::kIntel, 0x6, {0x1d, 0x1d}, kAnyStepping, "Penryn (Dunnington)"},
    Row{Vendor::kIntel, 0x6, {0x1e, 0x1e}, kAnyStepping, "Nehalem (Lynnfield)"},
    Row{Vendor::kIntel, 0x6, {0x1f, 0x1f}, kAnyStepping, "Nehalem (Auburndale)"},
    Row{Vendor::kIntel, 0x6, {0x1a, 0x1a}, kAnyStepping, "Nehalem (Nehalem-EP)"},
    Row{Vendor::kIntel, 0x6, {0x2e, 0x2e}, kAnyStepping, "Nehalem (Nehalem-EX)"},
    Row{Vendor::kIntel, 0x6, {0x25, 0x25}, kAnyStepping, "Westmere"},
    Row{Vendor::kIntel, 0x6, {0x2c, 0x2c}, kAnyStepping, "Westmere (Westmere-EP)"},
    Row{Vendor::kIntel, 0x6, {0x2f, 0x2f}, kAnyStepping, "Westmere (Westmere-EX)"},
    Row{Vendor::kIntel, 0x6, {0x2a, 0x2a}, kAnyStepping, "Sandy Bridge"},
    Row{Vendor::kIntel, 0x6, {0x2d, 0x2d}, kAnyStepping, "Sandy Bridge (Sandy Bridge-E)"},
    Row{Vendor::kIntel, 0x6, {0x3a, 0x3a}, kAnyStepping, "Ivy Bridge"},
    Row{Vendor::kIntel, 0x6, {0x3e, 0x3e}, kAnyStepping, "Ivy Bridge (Ivy Bridge-E)"},
    Row{Vendor::kIntel, 0x6, {0x3c, 0x3c}, kAnyStepping, "Haswell"},
    Row{Vendor::kIntel, 0x6, {0x45, 0x45}, kAnyStepping, "Haswell (Haswell-ULT)"},
    Row{Vendor::kIntel, 0x6, {0x46, 0x46}, kAnyStepping, "Haswell (Crystal Well)"},
    Row{Vendor::kIntel, 0x6, {0x3f, 0x3f}, kAnyStepping, "Haswell (Haswell-E)"},
    Row{Vendor::kIntel, 0x6, {0x3d, 0x3d}, kAnyStepping, "Broadwell"},
    Row{Vendor::kIntel, 0x6, {0x47, 0x47}, kAnyStepping, "Broadwell (Broadwell-H)"},
    Row{Vendor::kIntel, 0x6, {0x4f, 0x4f}, kAnyStepping, "Broadwell (Broadwell-E)"},
    Row{Vendor::kIntel, 0x6, {0x56, 0x56}, kAnyStepping, "Broadwell (Broadwell-DE)"},
    Row{Vendor::kIntel, 0x6, {0x4e, 0x4e}, kAnyStepping, "Skylake"},
    Row{Vendor::kIntel, 0x6, {0x5e, 0x5e}, kAnyStepping, "Skylake"},
    Row{Vendor::kIntel, 0x6, {0x55, 0x55}, {0, 4}, "Skylake (Skylake-SP)"},
    Row{Vendor::kIntel, 0x6, {0x55, 0x55}, {5, 7}, "Cascade Lake"},
    Row{Vendor::kIntel, 0x6, {0x55, 0x55}, {10, 11}, "Cooper Lake"},
    // Designs share the steppings of this model, and only brands tell them apart.
    Row{Vendor::kIntel, 0x6, {0x8e, 0x8e}, {9, 9}, "Kaby Lake, Amber Lake"},
    Row{Vendor::kIntel, 0x6, {0x8e, 0x8e}, {10, 10}, "Kaby Lake-R, Coffee Lake-U"},
    Row{Vendor::kIntel, 0x6, {0x8e, 0x8e}, {11, 11}, "Whiskey Lake"},
    Row{Vendor::kIntel, 0x6, {0x8e, 0x8e}, {12, 12}, "Comet Lake-U, Whiskey Lake, Amber Lake"},
    Row{Vendor::kIntel, 0x6, {0x9e, 0x9e}, {9, 9}, "Kaby Lake"},
    Row{Vendor::kIntel, 0x6, {0x9e, 0x9e}, {10, 13}, "Coffee Lake"},
    Row{Vendor::kIntel, 0x6, {0xa5, 0xa5}, kAnyStepping, "Comet Lake"},
    Row{Vendor::kIntel, 0x6, {0xa6, 0xa6}, kAnyStepping, "Comet Lake (Comet Lake-U)"},
    Row{Vendor::kIntel, 0x6, {0x66, 0x66}, kAnyStepping, "Cannon Lake"},
    Row{Vendor::kIntel, 0x6, {0x6a, 0x6a}, kAnyStepping, "Ice Lake (Ice Lake-SP)"},
    Row{Vendor::kIntel, 0x6, {0x6c, 0x6c}, kAnyStepping, "Ice Lake (Ice Lake-D)"},
    Row{Vendor::kIntel, 0x6, {0x7d, 0x7d}, kAnyStepping, "Ice Lake"},
    Row{Vendor::kIntel, 0x6, {0x7e, 0x7e}, kAnyStepping, "Ice Lake"},
    Row{Vendor::kIntel, 0x6, {0x9d, 0x9d}, kAnyStepping, "Ice Lake (Spring Hill)"},
    Row{Vendor::kIntel, 0x6, {0x8c, 0x8c}, kAnyStepping, "Tiger Lake"},
    Row{Vendor::kIntel, 0x6, {0x8d, 0x8d}, kAnyStepping, "Tiger Lake (Tiger Lake-H)"},
    Row{Vendor::kIntel, 0x6, {0xa7, 0xa7}, kAnyStepping, "Rocket Lake"},
    Row{Vendor::kIntel, 0x6, {0x8a, 0x8a}, kAnyStepping, "Lakefield"},
    Row{Vendor::kIntel, 0x6, {0x8f, 0x8f}, kAnyStepping, "Sapphire Rapids"},
    Row{Vendor::kIntel, 0x6, {0xcf, 0xcf}, kAnyStepping, "Emerald Rapids"},
    Row{Vendor::kIntel, 0x6, {0xad, 0xad}, kAnyStepping, "Granite Rapids"},
    Row{Vendor::kIntel, 0x6, {0xae, 0xae}, kAnyStepping, "Granite Rapids (Granite Rapids-D)"},
    Row{Vendor::kIntel, 0x6, {0x97, 0x97}, kAnyStepping, "Alder Lake"},
    Row{Vendor::kIntel, 0x6, {0x9a, 0x9a}, kAnyStepping, "Alder Lake (Alder Lake-P)"},
    Row{Vendor::kIntel, 0x6, {0xbe, 0xbe}, kAnyStepping, "Gracemont (Alder Lake-N)"},
    Row{Vendor::kIntel, 0x6, {0xb7, 0xb7}, kAnyStepping, "Raptor Lake"},
    Row{Vendor::kIntel, 0x6, {0xba, 0xba}, kAnyStepping, "Raptor Lake (Raptor Lake-P)"},
    Row{Vendor::kIntel, 0x6, {0xbf, 0xbf}, kAnyStepping, "Raptor Lake (Raptor Lake-S)"},
    Row{Vendor::kIntel, 0x6, {0xd7, 0xd7}, kAnyStepping, "Bartlett Lake"},
    Row{Vendor::kIntel, 0x6, {0xaa, 0xaa}, kAnyStepping, "Meteor Lake"},
    Row{Vendor::kIntel, 0x6, {0xac, 0xac}, kAnyStepping, "Meteor Lake (Meteor Lake-S)"},
    Row{Vendor::kIntel, 0x6, {0xb5, 0xb5}, kAnyStepping, "Arrow Lake (Arrow Lake-U)"},
    Row{Vendor::kIntel, 0x6, {0xc5, 0xc5}, kAnyStepping, "Arrow Lake (Arrow Lake-H)"},
    Row{Vendor::kIntel, 0x6, {0xc6, 0xc6}, kAnyStepping, "Arrow Lake"},
    Row{Vendor::kIntel, 0x6, {0xbd, 0xbd}, kAnyStepping, "Lunar Lake"},
    Row{Vendor::kIntel, 0x6, {0xcc, 0xcc}, kAnyStepping, "Panther Lake"},
    Row{Vendor::kIntel, 0x6, {0xd5, 0xd5}, kAnyStepping, "Wildcat Lake"},
    Row{Vendor::kIntel, 0x6, {0x1c, 0x1c}, kAnyStepping, "Bonnell"},
    Row{Vendor::kIntel, 0x6, {0x26, 0x26}, kAnyStepping, "Bonnell (Lincroft)"},
    Row{Vendor::kIntel, 0x6, {0x27, 0x27}, kAnyStepping, "Saltwell (Penwell)"},
    Row{Vendor::kIntel, 0x6, {0x35, 0x35}, kAnyStepping, "Saltwell (Cloverview)"},
    Row{Vendor::kIntel, 0x6, {0x36, 0x36}, kAnyStepping, "Saltwell (Cedarview)"},
    Row{Vendor::kIntel, 0x6, {0x37, 0x37}, kAnyStepping, "Silvermont (Bay Trail)"},
    Row{Vendor::kIntel, 0x6, {0x4a, 0x4a}, kAnyStepping, "Silvermont (Merrifield)"},
    Row{Vendor::kIntel, 0x6, {0x4d, 0x4d}, kAnyStepping, "Silvermont (Avoton)"},
    Row{Vendor::kIntel, 0x6, {0x5a, 0x5a}, kAnyStepping, "Silvermont (Moorefield)"},
    Row{Vendor::kIntel, 0x6, {0x5d, 0x5d}, kAnyStepping, "Silvermont (SoFIA)"},
    Row{Vendor::kIntel, 0x6, {0x4c, 0x4c}, kAnyStepping, "Airmont (Cherry Trail)"},
    // intel-family.h knows the network processor; Spreadtrum's telephone chips have the same model.
    Row{Vendor::kIntel, 0x6, {0x75, 0x75}, kAnyStepping, "Airmont (Lightning Mountain, SC9853I)"},
    Row{Vendor::kIntel, 0x6, {0x5c, 0x5c}, kAnyStepping, "Goldmont (Apollo Lake)"},
    Row{Vendor::kIntel, 0x6, {0x5f, 0x5f}, kAnyStepping, "Goldmont (Denverton)"},
    Row{Vendor::kIntel, 0x6, {0x7a, 0x7a}, kAnyStepping, "Goldmont Plus (Gemini Lake)"},
    Row{Vendor::kIntel, 0x6, {0x86, 0x86}, kAnyStepping, "Tremont (Snow Ridge)"},
    Row{Vendor::kIntel, 0x6, {0x96, 0x96}, kAnyStepping, "Tremont (Elkhart Lake)"},
    Row{Vendor::kIntel, 0x6, {0x9c, 0x9c}, kAnyStepping, "Tremont (Jasper Lake)"},
    Row{Vendor::kIntel, 0x6, {0xaf, 0xaf}, kAnyStepping, "Crestmont (Sierra Forest)"},
    Row{Vendor::kIntel, 0x6, {0xb6, 0xb6}, kAnyStepping, "Crestmont (Grand Ridge)"},
    Row{Vendor::kIntel, 0x6, {0xdd, 0xdd}, kAnyStepping, "Darkmont (Clearwater Forest)"},
    Row{Vendor::kIntel, 0x6, {0x57, 0x57}, kAnyStepping, "Xeon Phi (Knights Landing)"},
    Row{Vendor::kIntel, 0x6, {0x85, 0x85}, kAnyStepping, "Xeon Phi (Knights Mill)"},
    Row{Vendor::kIntel, 0xb, {0x0, 0x0}, kAnyStepping, "Knights Ferry"},
    Row{Vendor::kIntel, 0xb, {0x1, 0x1}, kAnyStepping, "Xeon Phi (Knights Corner)"},
    Row{Vendor::kIntel, 0xf, {0x0, 0x1}, kAnyStepping, "NetBurst (Willamette)"},
    Row{Vendor::kIntel, 0xf, {0x2, 0x2}, kAnyStepping, "NetBurst (Northwood)"},
    Row{Vendor::kIntel, 0xf, {0x3, 0x4}, kAnyStepping, "NetBurst (Prescott)"},
    Row{Vendor::kIntel, 0xf, {0x6, 0x6}, kAnyStepping, "NetBurst (Presler)"},
    Row{Vendor::kIntel, 0x12, {0x1, 0x1}, kAnyStepping, "Nova Lake"},
    Row{Vendor::kIntel, 0x12, {0x3, 0x3}, kAnyStepping, "Nova Lake (Nova Lake-L)"},
    Row{Vendor::kIntel, 0x13, {0x1, 0x1}, kAnyStepping, "Diamond Rapids"},
    // AMD: the revision guides of each family, and [linux] arch/x86/kernel/cpu/amd.c for the Zen
    // generations.
    Row{Vendor::kAmd, 0x4, {0x0, 0xf}, kAnyStepping, "Am486"},
    Row{Vendor::kAmd, 0x5, {0x0, 0x3}, kAnyStepping, "K5"},
    Row{Vendor::kAmd, 0x5, {0x6, 0x7}, kAnyStepping, "K6"},
    Row{Vendor::kAmd, 0x5, {0x8, 0x8}, kAnyStepping, "K6-2"},
    Row{Vendor::kAmd, 0x5, {0x9, 0x9}, kAnyStepping, "K6-III"},
    Row{Vendor::kAmd, 0x5, {0xa, 0xa}, kAnyStepping, "Geode LX"},
    Row{Vendor::kAmd, 0x5, {0xd, 0xd}, kAnyStepping, "K6-2+"},
    Row{Vendor::kAmd, 0x6, {0x1, 0x1}, kAnyStepping, "K7 (Argon)"},
    Row{Vendor::kAmd, 0x6, {0x2, 0x2}, kAnyStepping, "K7 (Pluto)"},
    Row{Vendor::kAmd, 0x6, {0x3, 0x3}, kAnyStepping, "K7 (Spitfire)"},
    Row{Vendor::kAmd, 0x6, {0x4, 0x4}, kAnyStepping, "K7 (Thunderbird)"},
    Row{Vendor::kAmd, 0x6, {0x6, 0x6}, kAnyStepping, "K7 (Palomino)"},
    Row{Vendor::kAmd, 0x6, {0x7, 0x7}, kAnyStepping, "K7 (Morgan)"},
    Row{Vendor::kAmd, 0x6, {0x8, 0x8}, kAnyStepping, "K7 (Thoroughbred)"},
    Row{Vendor::kAmd, 0x6, {0xa, 0xa}, kAnyStepping, "K7 (Barton)"},
    Row{Vendor::kAmd, 0xf, {0x0, 0x3f}, kAnyStepping, "K8"},
    Row{Vendor::kAmd, 0xf, {0x40, 0x5f}, kAnyStepping, "K8 (revision F)"},
    Row{Vendor::kAmd, 0xf, {0x60, 0x7f}, kAnyStepping, "K8 (revision G)"},
    // The Athlon 64 FX-7x, 0xC0F13, is of revision JH-F3.
    Row{Vendor::kAmd, 0xf, {0xc1, 0xc1}, kAnyStepping, "K8 (revision F)"},
    Row{Vendor::kAmd, 0x10, {0x2, 0x2}, kAnyStepping, "K10 (Barcelona)"},
    Row{Vendor::kAmd, 0x10, {0x4, 0x4}, kAnyStepping, "K10 (Shanghai)"},
    Row{Vendor::kAmd, 0x10, {0x5, 0x5}, kAnyStepping, "K10 (Propus)"},
    Row{Vendor::kAmd, 0x10, {0x6, 0x6}, kAnyStepping, "K10 (Regor)"},
    Row{Vendor::kAmd, 0x10, {0x8, 0x8}, kAnyStepping, "K10 (Istanbul)"},
    Row{Vendor::kAmd, 0x10, {0x9, 0x9}, kAnyStepping, "K10 (Magny-Cours)"},
    Row{Vendor::kAmd, 0x10, {0xa, 0xa}, kAnyStepping, "K10 (Thuban)"},
    Row{Vendor::kAmd, 0x11, {0x3, 0x3}, kAnyStepping, "K8 (Griffin)"},
    Row{Vendor::kAmd, 0x12, {0x0, 0x1}, kAnyStepping, "K10 (Llano)"},
    Row{Vendor::kAmd, 0x14, {0x0, 0xf}, kAnyStepping, "Bobcat (Ontario)"},
    Row{Vendor::kAmd, 0x15, {0x0, 0x1}, kAnyStepping, "Bulldozer (Zambezi)"},
    Row{Vendor::kAmd, 0x15, {0x2, 0x2}, kAnyStepping, "Piledriver (Vishera)"},
    Row{Vendor::kAmd, 0x15, {0x10, 0x12}, kAnyStepping, "Piledriver (Trinity)"},
    Row{Vendor::kAmd, 0x15, {0x13, 0x1f}, kAnyStepping, "Piledriver (Richland)"},
    Row{Vendor::kAmd, 0x15, {0x30, 0x37}, kAnyStepping, "Steamroller (Kaveri)"},
    Row{Vendor::kAmd, 0x15, {0x38, 0x3f}, kAnyStepping, "Steamroller (Godavari)"},
    Row{Vendor::kAmd, 0x15, {0x60, 0x64}, kAnyStepping, "Excavator (Carrizo)"},
    Row{Vendor::kAmd, 0x15, {0x65, 0x6f}, kAnyStepping, "Excavator (Bristol Ridge)"},
    Row{Vendor::kAmd, 0x15, {0x70, 0x7f}, kAnyStepping, "Excavator (Stoney Ridge)"},
    Row{Vendor::kAmd, 0x16, {0x0, 0xf}, kAnyStepping, "Jaguar (Kabini)"},
    Row{Vendor::kAmd, 0x16, {0x20, 0x2f}, kAnyStepping, "Jaguar (Cato)"},
    Row{Vendor::kAmd, 0x16, {0x30, 0x3f}, kAnyStepping, "Puma (Beema)"},
    Row{Vendor::kAmd, 0x17, {0x1, 0x1}, kAnyStepping, "Zen (Summit Ridge, Naples)"},
    Row{Vendor::kAmd, 0x17, {0x8, 0x8}, kAnyStepping, "Zen+ (Pinnacle Ridge)"},
    Row{Vendor::kAmd, 0x17, {0x11, 0x11}, kAnyStepping, "Zen (Raven Ridge)"},
    Row{Vendor::kAmd, 0x17, {0x18, 0x18}, kAnyStepping, "Zen+ (Picasso)"},
    Row{Vendor::kAmd, 0x17, {0x20, 0x20}, kAnyStepping, "Zen (Dali)"},
    Row{Vendor::kAmd, 0x17, {0x31, 0x31}, kAnyStepping, "Zen 2 (Rome, Castle Peak)"},
    Row{Vendor::kAmd, 0x17, {0x47, 0x47}, kAnyStepping, "Zen 2"},
    Row{Vendor::kAmd, 0x17, {0x60, 0x60}, kAnyStepping, "Zen 2 (Renoir)"},
    Row{Vendor::kAmd, 0x17, {0x68, 0x68}, kAnyStepping, "Zen 2 (Lucienne)"},
    Row{Vendor::kAmd, 0x17, {0x71, 0x71}, kAnyStepping, "Zen 2 (Matisse)"},
    Row{Vendor::kAmd, 0x17, {0x84, 0x84}, kAnyStepping, "Zen 2"},
    Row{Vendor::kAmd, 0x17, {0x90, 0x91}, kAnyStepping, "Zen 2 (Van Gogh)"},
    Row{Vendor::kAmd, 0x17, {0x98, 0x98}, kAnyStepping, "Zen 2"},
    Row{Vendor::kAmd, 0x17, {0xa0, 0xaf}, kAnyStepping, "Zen 2 (Mendocino)"},
    Row{Vendor::kAmd, 0x19, {0x0, 0x1}, kAnyStepping, "Zen 3 (Milan)"},
    Row{Vendor::kAmd, 0x19, {0x8, 0x8}, kAnyStepping, "Zen 3 (Chagall)"},
    Row{Vendor::kAmd, 0x19, {0x10, 0x17}, kAnyStepping, "Zen 4 (Genoa)"},
    Row{Vendor::kAmd, 0x19, {0x18, 0x1f}, kAnyStepping, "Zen 4 (Storm Peak)"},
    Row{Vendor::kAmd, 0x19, {0x20, 0x2f}, kAnyStepping, "Zen 3 (Vermeer)"},
    Row{Vendor::kAmd, 0x19, {0x30, 0x3f}, kAnyStepping, "Zen 3 (Trento)"},
    Row{Vendor::kAmd, 0x19, {0x40, 0x4f}, kAnyStepping, "Zen 3+ (Rembrandt)"},
    Row{Vendor::kAmd, 0x19, {0x50, 0x5f}, kAnyStepping, "Zen 3 (Cezanne)"},
    Row{Vendor::kAmd, 0x19, {0x60, 0x6f}, kAnyStepping, "Zen 4 (Raphael)"},
    Row{Vendor::kAmd, 0x19, {0x70, 0x7f}, kAnyStepping, "Zen 4 (Phoenix)"},
    Row{Vendor::kAmd, 0x19, {0x90, 0x9f}, kAnyStepping, "Zen 4 (MI300)"},
    Row{Vendor::kAmd, 0x19, {0xa0, 0xaf}, kAnyStepping, "Zen 4 (Bergamo)"},
    Row{Vendor::kAmd, 0x1a, {0x0, 0x7}, kAnyStepping, "Zen 5 (Turin)"},
    Row{Vendor::kAmd, 0x1a, {0x8, 0xf}, kAnyStepping, "Zen 5 (Shimada Peak)"},
    Row{Vendor::kAmd, 0x1a, {0x10, 0x1f}, kAnyStepping, "Zen 5 (Turin Dense)"},
    Row{Vendor::kAmd, 0x1a, {0x20, 0x2f}, kAnyStepping, "Zen 5 (Strix Point)"},
    Row{Vendor::kAmd, 0x1a, {0x40, 0x4f}, kAnyStepping, "Zen 5 (Granite Ridge)"},
    Row{Vendor::kAmd, 0x1a, {0x60, 0x6f}, kAnyStepping, "Zen 5 (Krackan Point)"},
    Row{Vendor::kAmd, 0x1a, {0x70, 0x77}, kAnyStepping, "Zen 5 (Strix Halo)"},
    Row{Vendor::kAmd, 0x1a, {0x78, 0x7f}, kAnyStepping, "Zen 5"},
    Row{Vendor::kAmd, 0x1a, {0x50, 0x5f}, kAnyStepping, "Zen 6"},
    Row{Vendor::kAmd, 0x1a, {0x80, 0xaf}, kAnyStepping, "Zen 6"},
    Row{Vendor::kAmd, 0x1a, {0xc0, 0xef}, kAnyStepping, "Zen 6"},
    // Hygon: [linux] arch/x86/kernel/cpu/hygon.c; model 0x10 from its own brand string.
    Row{Vendor::kHygon, 0x18, {0x0, 0x3}, kAnyStepping, "Dhyana"},
    Row{Vendor::kHygon, 0x18, {0x10, 0x10}, kAnyStepping, "C86-4G"},
    // Centaur and Zhaoxin: VIA BIOS writer's guides, [linux] arch/x86/kernel/cpu/{centaur,
    // zhaoxin}.c, and gcc/common/config/i386/cpuinfo.h of GCC for ShiJiDaDao; a ZX-D of model 0x1f
    // names itself in its brand. ZhangJiang announces itself as an Isaiah of stepping 14 to
    // firmware that asks for it, and so does CNR: what they are derived from stands for both.
    Row{Vendor::kCentaur, 0x5, {0x4, 0x4}, kAnyStepping, "WinChip C6"},
    Row{Vendor::kCentaur, 0x5, {0x8, 0x8}, kAnyStepping, "WinChip 2"},
    Row{Vendor::kCentaur, 0x5, {0x9, 0x9}, kAnyStepping, "WinChip 3"},
    Row{Vendor::kCentaur, 0x6, {0x6, 0x6}, kAnyStepping, "Samuel"},
    Row{Vendor::kCentaur, 0x6, {0x7, 0x7}, {0, 7}, "Samuel 2"},
    Row{Vendor::kCentaur, 0x6, {0x7, 0x7}, {8, 15}, "Ezra"},
    Row{Vendor::kCentaur, 0x6, {0x8, 0x8}, kAnyStepping, "Ezra-T"},
    Row{Vendor::kCentaur, 0x6, {0x9, 0x9}, kAnyStepping, "Nehemiah"},
    Row{Vendor::kCentaur, 0x6, {0xa, 0xa}, kAnyStepping, "Esther"},
    Row{Vendor::kCentaur, 0x6, {0xd, 0xd}, kAnyStepping, "Esther"},
    Row{Vendor::kCentaur, 0x6, {0xf, 0xf}, kAnyStepping, "Isaiah"},
    Row{Vendor::kCentaur, 0x6, {0x47, 0x47}, kAnyStepping, "CNS"},
    Row{Vendor::kCentaur, 0x6, {0x19, 0x19}, kAnyStepping, "ZhangJiang"},
    Row{Vendor::kCentaur, 0x6, {0x1f, 0x1f}, kAnyStepping, "WuDaoKou"},
    Row{Vendor::kCentaur, 0x7, {0x1b, 0x1b}, kAnyStepping, "WuDaoKou"},
    Row{Vendor::kCentaur, 0x7, {0x3b, 0x3b}, kAnyStepping, "LuJiaZui"},
    Row{Vendor::kCentaur, 0x7, {0x5b, 0x5b}, kAnyStepping, "YongFeng"},
    Row{Vendor::kCentaur, 0x7, {0x6b, 0x6b}, kAnyStepping, "ShiJiDaDao"},
    Row{Vendor::kZhaoxin, 0x6, {0x19, 0x19}, kAnyStepping, "ZhangJiang"},
    Row{Vendor::kZhaoxin, 0x7, {0x1b, 0x1b}, kAnyStepping, "WuDaoKou"},
    Row{Vendor::kZhaoxin, 0x7, {0x3b, 0x3b}, kAnyStepping, "LuJiaZui"},
    Row{Vendor::kZhaoxin, 0x7, {0x5b, 0x5b}, kAnyStepping, "YongFeng"},
    Row{Vendor::kZhaoxin, 0x7, {0x6b, 0x6b}, kAnyStepping, "ShiJiDaDao"},
};

// A CPU with two names would have none.
constexpr bool NoneOverlap() {
  const auto overlap = [](const Range& a, const Range& b) {
    return a.first <= b.last && b.first <= a.last;
  };
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    for (std::size_t j = i + 1; j < kRows.size(); ++j) {
      const Row& a = kRows[i];
      const Row& b = kRows[j];
      if (a.vendor == b.vendor && a.family == b.family && overlap(a.models, b.models) &&
          overlap(a.steppings, b.steppings)) {
        return false;
      }
    }
  }
  return true;
}
static_assert(NoneOverlap(), "two rows of the codename table claim the same CPU");

}  // namespace

std::optional<std::string_view> FindCodename(Vendor vendor, const CpuSignature& signature) {
  for (const Row& row : kRows) {
    if (row.vendor == vendor && row.family == signature.family &&
        row.models.Contains(signature.model) && row.steppings.Contains(signature.stepping)) {
      return row.codename;
    }
  }
  return std::nullopt;
}

}  // namespace vtprobe
