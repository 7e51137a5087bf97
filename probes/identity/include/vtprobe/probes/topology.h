// How the CPUs of a snapshot share cores and packages, and of which types their
// cores are, as their own CPUID leaves tell.

#ifndef VTPROBE_PROBES_TOPOLOGY_H_
#define VTPROBE_PROBES_TOPOLOGY_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

struct CoreTypeGroup {
  std::string_view type;  // "performance" or "efficiency"
  CpuSet cpus;

  friend bool operator==(const CoreTypeGroup&, const CoreTypeGroup&) = default;
};

// Of the online CPUs of the snapshot, and of no other that the machine may have.
struct Topology {
  // Nothing where the leaves are not there, or give two CPUs the same APIC id,
  // as recordings do that give all CPUs the same leaves.
  std::optional<std::size_t> packages;
  std::optional<std::size_t> cores;
  // Empty unless CPUs say that their cores differ. A CPU of another type than
  // these stands in no group.
  std::vector<CoreTypeGroup> core_types;
};

Topology DescribeTopology(const PlatformSnapshot& snapshot);

// The CPUs of each core of each package, both in the order of their APIC ids. Empty
// where Topology has no packages.
using CoresOfPackages = std::vector<std::vector<CpuSet>>;

CoresOfPackages PlacesOf(const PlatformSnapshot& snapshot);

// The leaves that these two look at.
Selection TopologyRegisters();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_TOPOLOGY_H_
