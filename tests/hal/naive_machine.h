// A snapshot in the plainest form: a map of readings for each CPU. Slow and
// obvious, and so an oracle for the one that is stored by register and by sets
// of CPUs.

#ifndef VTPROBE_TESTS_HAL_NAIVE_MACHINE_H_
#define VTPROBE_TESTS_HAL_NAIVE_MACHINE_H_

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {

using Presence = SnapshotBuilder::Presence;

// What rapidcheck makes up, small enough that CPUs, registers and values meet
// often: a block is a bit mask over kSomeCpus, whether it is offline, and its
// readings as (which register, which reading).
using RandomReading = std::pair<std::uint8_t, std::uint8_t>;
using RandomBlock = std::tuple<std::uint16_t, bool, std::vector<RandomReading>>;
using RandomMachine = std::vector<RandomBlock>;

// Neighbours, and both sides of every 64.
inline constexpr std::uint32_t kSomeCpus[] = {0,  1,  2,   3,   5,    8,    9,     62,
                                              63, 64, 127, 128, 1023, 4096, 65534, 65535};
inline constexpr MsrAddress kSomeMsrs[] = {MsrAddress{0}, MsrAddress{0x3a},
                                           MsrAddress{0xffff'ffff}};
inline constexpr CpuidLeaf kSomeLeaves[] = {{0, 0}, {7, 1}, {0xffff'ffff, 0xffff'ffff}};

CpuSet SomeCpus(std::uint16_t mask);
MsrReading SomeMsrReading(std::uint8_t which);
CpuidReading SomeCpuidReading(std::uint8_t which);

class NaiveMachine {
 public:
  struct Cpu {
    Presence presence = Presence::kOnline;
    std::map<MsrAddress, MsrReading> msrs;
    std::map<CpuidLeaf, CpuidReading> cpuid;

    friend bool operator==(const Cpu&, const Cpu&) = default;
  };

  // As SnapshotBuilder's.
  bool OpenBlock(const CpuSet& cpus, Presence presence);
  bool AddMsr(MsrAddress address, MsrReading reading);
  bool AddCpuid(CpuidLeaf leaf, CpuidReading reading);

  const std::map<std::uint32_t, Cpu>& cpus() const { return cpus_; }
  CpuSet Present(Presence presence) const;
  NaiveMachine RestrictedTo(const CpuSet& cpus) const;
  // One block for each CPU, the highest first.
  PlatformSnapshot Build() const;

 private:
  std::map<std::uint32_t, Cpu> cpus_;
  std::vector<std::uint32_t> block_;
};

// Says the same to both; false if they disagree on whether it can be said.
bool Tell(const RandomMachine& random, SnapshotBuilder* builder, NaiveMachine* naive);

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_NAIVE_MACHINE_H_
