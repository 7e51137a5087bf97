#include "vtprobe/probes/topology.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/registers/apic_id.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe {
namespace {

constexpr CpuidLeaf kFeatures{0x1};
constexpr CpuidLeaf kCaches{0x4};
constexpr CpuidLeaf kThreadLevel{0xb, 0};
constexpr CpuidLeaf kCoreLevel{0xb, 1};
constexpr CpuidLeaf kAmdSizes{0x8000'0008};
constexpr CpuidLeaf kAmdThreads{0x8000'001e};
constexpr CpuidLeaf kAmdCores{0x8000'0026};

// So many low bits of an APIC id tell the threads of a core, and the threads of
// a package, apart.
struct Shifts {
  unsigned core = 0;
  unsigned package = 0;
};

std::optional<CpuidRegisters> Read(const RegisterView& cpu, CpuidLeaf leaf) {
  if (registers::LeafPresence(cpu, leaf.leaf) == Presence::kAbsent) return std::nullopt;
  const CpuidReading reading = cpu.Cpuid(leaf);
  if (!reading || reading->recorded != kAllCpuidRegisters) return std::nullopt;
  return reading->registers;
}

// The number of bits that so many need.
unsigned BitsFor(std::uint32_t count) {
  return count <= 1 ? 0 : static_cast<unsigned>(std::bit_width(count - 1));
}

// [intel/sdm-vol2] CPUID, leaf 0BH, and [amd/apm-vol3] E.3.9: EAX[4:0] of each
// level leads to the id of the next, and EBX is 0 where there is none.
std::optional<Shifts> ShiftsByLevels(const RegisterView& cpu) {
  const auto threads = Read(cpu, kThreadLevel);
  const auto cores = Read(cpu, kCoreLevel);
  if (!threads || !cores || (threads->ebx & 0xffff) == 0 || (cores->ebx & 0xffff) == 0) {
    return std::nullopt;
  }
  return Shifts{threads->eax & 0x1f, cores->eax & 0x1f};
}

// [amd/apm-vol3] appendix E: Fn8000_0008 ECX has ApicIdSize [15:12] and NC [7:0],
// Fn8000_001E EBX[15:8] the threads of a core but one. Before family 17H that
// was a compute unit, of whose two cores each has an APIC id.
std::optional<Shifts> ShiftsByAmdSizes(const RegisterView& cpu) {
  constexpr std::uint32_t kFirstFamilyWithThreads = 0x17;
  const auto sizes = Read(cpu, kAmdSizes);
  const auto signature = registers::ReadSignature(cpu);
  if (!sizes || !signature) return std::nullopt;
  const unsigned size = sizes->ecx >> 12 & 0xf;
  Shifts shifts{0, size != 0 ? size : BitsFor((sizes->ecx & 0xff) + 1)};
  if (signature->family >= kFirstFamilyWithThreads) {
    const auto threads = Read(cpu, kAmdThreads);
    if (!threads) return std::nullopt;
    shifts.core = BitsFor((threads->ebx >> 8 & 0xff) + 1);
  }
  return shifts;
}

// [intel/sdm-vol3] chapter 9: before leaf 0BH, leaf 1 EBX[23:16] gives the APIC ids
// of a package, if EDX[28] says that it has several, and leaf 4 EAX[31:26] those
// of its cores.
std::optional<Shifts> ShiftsByCounts(const RegisterView& cpu) {
  const auto features = Read(cpu, kFeatures);
  if (!features) return std::nullopt;
  const bool has_several = (features->edx >> 28 & 1) != 0;
  const unsigned package = has_several ? BitsFor(features->ebx >> 16 & 0xff) : 0;
  const auto caches = Read(cpu, kCaches);
  const unsigned cores = caches ? BitsFor((caches->eax >> 26) + 1) : 0;
  return Shifts{package > cores ? package - cores : 0, package};
}

std::optional<Shifts> ShiftsOf(const RegisterView& cpu) {
  if (const auto shifts = ShiftsByLevels(cpu)) return shifts;
  const auto vendor = registers::ReadVendor(cpu);
  if (!vendor) return std::nullopt;
  const bool is_amd = *vendor == Vendor::kAmd || *vendor == Vendor::kHygon;
  return is_amd ? ShiftsByAmdSizes(cpu) : ShiftsByCounts(cpu);
}

// Cores are numbered over all packages.
struct Place {
  std::uint32_t package;
  std::uint32_t core;
};

// Nothing where it can't be told, or where several CPUs claim to be there: `ids` are
// the APIC ids met so far.
std::optional<Place> PlaceOf(const SnapshotRow& row, std::set<std::uint32_t>* ids) {
  const auto id = ApicId(row);
  const auto shifts = ShiftsOf(row);
  const bool is_sure = id && shifts && row.cpus().Count() == 1 && ids->insert(*id).second;
  if (!is_sure) return std::nullopt;
  return Place{*id >> shifts->package, *id >> shifts->core};
}

// [intel/sdm-vol2] CPUID, leaf 1AH: 20H is Intel Atom, 40H Intel Core.
// [amd/apm-vol3] appendix E, Fn8000_0026: EAX[30] HeterogeneousCores, EBX[31:28]
// CoreType.
std::string_view CoreTypeOf(const RegisterView& cpu) {
  constexpr std::string_view kPerformance = "performance";
  constexpr std::string_view kEfficiency = "efficiency";
  if (registers::Read(cpu, registers::kCpuid7Edx["HYBRID"]).value_or(0) != 0) {
    const auto type = registers::Read(cpu, registers::kCpuid1AEax["CORE_TYPE"]);
    if (type == 0x40u) return kPerformance;
    if (type == 0x20u) return kEfficiency;
    return {};
  }
  const auto cores = Read(cpu, kAmdCores);
  if (!cores || (cores->eax >> 30 & 1) == 0) return {};
  const std::uint32_t type = cores->ebx >> 28;
  if (type == 0) return kPerformance;
  if (type == 1) return kEfficiency;
  return {};
}

// The CPUs of each type, in the order in which types are met.
class CoreTypes {
 public:
  void Add(std::string_view type, const CpuSet& cpus) {
    auto found = std::find_if(types_.begin(), types_.end(),
                              [&](const auto& known) { return known.first == type; });
    if (found == types_.end()) found = types_.insert(found, {type, {}});
    found->second.Add(cpus);
  }
  std::vector<CoreTypeGroup> Take() const {
    std::vector<CoreTypeGroup> groups;
    for (const auto& [type, cpus] : types_) groups.push_back({type, cpus.Together()});
    return groups;
  }

 private:
  std::vector<std::pair<std::string_view, CpuGathering>> types_;
};

}  // namespace

Selection TopologyRegisters() {
  Selection registers = ApicIdRegisters();
  for (const CpuidLeaf leaf :
       {CpuidLeaf{0x0}, kFeatures, kCaches, CpuidLeaf{0x7}, kThreadLevel, kCoreLevel,
        CpuidLeaf{0x1a}, CpuidLeaf{0x8000'0000}, kAmdSizes, kAmdThreads, kAmdCores}) {
    registers.Add(leaf);
  }
  return registers;
}

Topology DescribeTopology(const PlatformSnapshot& snapshot) {
  Topology topology;
  const Selection selection = TopologyRegisters();
  std::set<std::uint32_t> ids;
  std::set<std::uint32_t> cores;
  std::set<std::uint32_t> packages;
  CoreTypes core_types;
  bool is_sure = !snapshot.online().empty();
  for (const SnapshotRow& row : snapshot.Rows(selection)) {
    const std::string_view type = CoreTypeOf(row);
    if (!type.empty()) core_types.Add(type, row.cpus());
    if (!is_sure) continue;
    const auto place = PlaceOf(row, &ids);
    is_sure = place.has_value();
    if (!place) continue;
    cores.insert(place->core);
    packages.insert(place->package);
  }
  topology.core_types = core_types.Take();
  if (is_sure) {
    topology.packages = packages.size();
    topology.cores = cores.size();
  }
  return topology;
}

CoresOfPackages PlacesOf(const PlatformSnapshot& snapshot) {
  std::set<std::uint32_t> ids;
  std::map<std::uint32_t, std::map<std::uint32_t, CpuSet>> packages;
  for (const SnapshotRow& row : snapshot.Rows(TopologyRegisters())) {
    const auto place = PlaceOf(row, &ids);
    if (!place) return {};
    CpuSet& core = packages[place->package][place->core];
    core = core.Union(row.cpus());
  }
  CoresOfPackages places;
  for (auto& [package, cores] : packages) {
    places.emplace_back();
    for (auto& [core, cpus] : cores) places.back().push_back(std::move(cpus));
  }
  return places;
}

}  // namespace vtprobe
