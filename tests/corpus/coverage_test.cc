// Whether the machines that are shipped cover the designs that have had
// hardware virtualization, so that a gap is seen here and not by the user who
// has the missing one. A machine counts by its own CPUID, and only if somebody
// had it: what is made up, or emulated, covers nothing.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "corpus/machine_folder.h"
#include "vtprobe/probes/identity.h"

namespace vtprobe::corpus {
namespace {

// By the names of FindCodename().
constexpr std::array kCovered = {
    // Intel's big cores.
    "NetBurst (Prescott)",
    "NetBurst (Presler)",
    "Yonah",
    "Core (Merom)",
    "Core (Merom-L)",
    "Penryn",
    "Penryn (Dunnington)",
    "Nehalem (Lynnfield)",
    "Nehalem (Nehalem-EP)",
    "Nehalem (Nehalem-EX)",
    "Westmere",
    "Westmere (Westmere-EP)",
    "Westmere (Westmere-EX)",
    "Sandy Bridge",
    "Sandy Bridge (Sandy Bridge-E)",
    "Ivy Bridge",
    "Ivy Bridge (Ivy Bridge-E)",
    "Haswell",
    "Haswell (Haswell-ULT)",
    "Haswell (Crystal Well)",
    "Haswell (Haswell-E)",
    "Broadwell",
    "Broadwell (Broadwell-H)",
    "Broadwell (Broadwell-E)",
    "Broadwell (Broadwell-DE)",
    "Skylake",
    "Skylake (Skylake-SP)",
    "Cascade Lake",
    "Kaby Lake",
    "Kaby Lake, Amber Lake",
    "Kaby Lake-R, Coffee Lake-U",
    "Whiskey Lake",
    "Coffee Lake",
    "Comet Lake",
    "Comet Lake (Comet Lake-U)",
    "Comet Lake-U, Whiskey Lake, Amber Lake",
    "Cannon Lake",
    "Ice Lake",
    "Ice Lake (Ice Lake-SP)",
    "Ice Lake (Ice Lake-D)",
    "Tiger Lake",
    "Tiger Lake (Tiger Lake-H)",
    "Rocket Lake",
    "Sapphire Rapids",
    "Emerald Rapids",
    "Granite Rapids",
    // Hybrids.
    "Lakefield",
    "Alder Lake",
    "Alder Lake (Alder Lake-P)",
    "Raptor Lake",
    "Raptor Lake (Raptor Lake-P)",
    "Raptor Lake (Raptor Lake-S)",
    "Meteor Lake",
    "Arrow Lake",
    "Arrow Lake (Arrow Lake-H)",
    "Arrow Lake (Arrow Lake-U)",
    "Lunar Lake",
    // Intel's small cores.
    "Bonnell",
    "Bonnell (Tunnel Creek)",
    "Saltwell (Penwell)",
    "Saltwell (Cloverview)",
    "Saltwell (Cedarview)",
    "Silvermont (Bay Trail)",
    "Silvermont (Avoton)",
    "Silvermont (Moorefield)",
    "Airmont (Cherry Trail)",
    "Airmont (Lightning Mountain, SC9853I)",
    "Goldmont (Apollo Lake)",
    "Goldmont (Denverton)",
    "Goldmont Plus (Gemini Lake)",
    "Tremont (Elkhart Lake)",
    "Tremont (Jasper Lake)",
    "Gracemont (Alder Lake-N)",
    "Xeon Phi (Knights Corner)",
    "Xeon Phi (Knights Landing)",
    // AMD.
    "K8",
    "K8 (revision F)",
    "K8 (revision G)",
    "K8 (Griffin)",
    "K10 (Barcelona)",
    "K10 (Shanghai)",
    "K10 (Propus)",
    "K10 (Regor)",
    "K10 (Istanbul)",
    "K10 (Magny-Cours)",
    "K10 (Thuban)",
    "K10 (Llano)",
    "Bobcat (Ontario)",
    "Jaguar (Kabini)",
    "Jaguar (Cato)",
    "Puma (Beema)",
    "Bulldozer (Zambezi, Interlagos)",
    "Piledriver (Vishera, Abu Dhabi)",
    "Piledriver (Trinity)",
    "Piledriver (Richland)",
    "Steamroller (Kaveri)",
    "Steamroller (Godavari)",
    "Excavator (Carrizo)",
    "Excavator (Bristol Ridge)",
    "Excavator (Stoney Ridge)",
    "Zen (Summit Ridge, Naples)",
    "Zen (Raven Ridge)",
    "Zen (Dali)",
    "Zen+ (Pinnacle Ridge)",
    "Zen+ (Picasso)",
    "Zen 2",
    "Zen 2 (Rome, Castle Peak)",
    "Zen 2 (Renoir)",
    "Zen 2 (Lucienne)",
    "Zen 2 (Matisse)",
    "Zen 2 (Van Gogh)",
    "Zen 2 (Mendocino)",
    "Zen 3 (Milan)",
    "Zen 3 (Vermeer)",
    "Zen 3 (Cezanne)",
    "Zen 3+ (Rembrandt)",
    "Zen 4 (Genoa)",
    "Zen 4 (Storm Peak)",
    "Zen 4 (Bergamo)",
    "Zen 4 (Raphael)",
    "Zen 4 (Phoenix)",
    "Zen 5 (Turin)",
    "Zen 5 (Strix Point)",
    "Zen 5 (Strix Halo)",
    "Zen 5 (Granite Ridge)",
    "Zen 5 (Krackan Point)",
    // Hygon, Centaur and Zhaoxin.
    "Dhyana",
    "C86-4G",
    "Isaiah",
    "CNS",
    "ZhangJiang",
    "WuDaoKou",
    "LuJiaZui",
    "YongFeng",
    "ShiJiDaDao",
};

// Designs of which no recording was found that may be taken over. One that
// turns up moves to the list above.
constexpr std::array kGaps = {
    "Cooper Lake",
    "Ice Lake (Spring Hill)",
    "Granite Rapids (Granite Rapids-D)",
    "Bartlett Lake",
    "Meteor Lake (Meteor Lake-S)",
    "Panther Lake",
    "Wildcat Lake",
    "Silvermont (Merrifield)",
    "Silvermont (SoFIA)",
    "Tremont (Snow Ridge)",
    "Crestmont (Sierra Forest)",
    "Crestmont (Grand Ridge)",
    "Darkmont (Clearwater Forest)",
    "Xeon Phi (Knights Mill)",
    "Nova Lake",
    "Nova Lake (Nova Lake-L)",
    "Diamond Rapids",
    "Zen 3 (Chagall)",
    "Zen 3 (Trento)",
    "Zen 4 (MI300)",
    "Zen 5 (Turin Dense)",
    "Zen 5 (Shimada Peak)",
    "Zen 6",
};

constexpr std::array kHypervisors = {"KVM", "Hyper-V", "Xen", "VMware"};

struct Seen {
  std::set<std::string, std::less<>> codenames;
  std::set<std::string, std::less<>> hypervisors;
};

void Add(const PlatformSnapshot& snapshot, Seen* seen) {
  if (snapshot.online().empty()) return;
  const SnapshotCpu cpu(snapshot, snapshot.online().First());
  const Identity identity = Identify(cpu);
  if (identity.vendor && identity.signature) {
    const auto codename = FindCodename(*identity.vendor, *identity.signature);
    if (codename) seen->codenames.emplace(*codename);
  }
  if (const auto hypervisor = HypervisorName(cpu)) seen->hypervisors.insert(*hypervisor);
}

Seen SeenInShippedMachines() {
  Seen seen;
  for (const std::string& folder : MachineFolders(ShippedDumps())) {
    const auto machine = LoadMachine(ShippedDumps(), folder);
    EXPECT_TRUE(machine) << folder;
    if (!machine || machine->manifest.how == "synthetic" || machine->manifest.emulator) continue;
    Add(machine->snapshot, &seen);
  }
  return seen;
}

TEST(Coverage, EveryDesignHasAMachine) {
  const Seen seen = SeenInShippedMachines();
  for (const std::string_view codename : kCovered) {
    EXPECT_TRUE(seen.codenames.contains(codename)) << "no machine is a " << codename;
  }
}

TEST(Coverage, AGapIsOne) {
  const Seen seen = SeenInShippedMachines();
  for (const std::string_view codename : kGaps) {
    EXPECT_FALSE(seen.codenames.contains(codename))
        << codename << " has a machine now: it belongs to what is covered";
  }
}

TEST(Coverage, EveryHypervisorHasAGuest) {
  const Seen seen = SeenInShippedMachines();
  for (const std::string_view hypervisor : kHypervisors) {
    EXPECT_TRUE(seen.hypervisors.contains(hypervisor)) << "no guest of " << hypervisor;
  }
}

}  // namespace
}  // namespace vtprobe::corpus
