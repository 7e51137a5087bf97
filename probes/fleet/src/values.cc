#include "vtprobe/fleet/values.h"

#include <algorithm>
#include <array>
#include <map>

#include "cells.h"
#include "vtprobe/hal/cpu_gathering.h"

namespace vtprobe::fleet {
namespace {

constexpr std::array kOutputs = {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx,
                                 CpuidRegister::kEdx};

// Those that are equal but for bits that do not count are one.
template <typename Values, typename ReadingOf>
void AddValues(const RegisterId& reg, std::uint64_t mask, const Values& values,
               const ReadingOf& reading_of, std::vector<RegisterValue>* all) {
  if (mask == 0) return;
  std::map<RegisterReading, CpuGathering> by_reading;
  for (const auto& [cpus, value] : values) {
    const RegisterReading reading = Only(mask, reading_of(value));
    if (!reading.IsUnrecorded()) by_reading[reading].Add(cpus);
  }
  const std::size_t before = all->size();
  for (const auto& [reading, cpus] : by_reading) all->push_back({reg, cpus.Together(), reading});
  std::sort(all->begin() + static_cast<std::ptrdiff_t>(before), all->end(),
            [](const RegisterValue& a, const RegisterValue& b) {
              return a.cpus.First() < b.cpus.First();
            });
}

}  // namespace

std::vector<RegisterValue> ValuesOf(const PlatformSnapshot& snapshot, Comparable* comparable) {
  std::vector<RegisterValue> all;
  const Selection recorded = snapshot.Everything();
  for (const MsrAddress address : recorded.msrs) {
    const RegisterId reg = RegisterId::Of(address);
    AddValues(
        reg, comparable->BitsOf(reg).of_recordings, snapshot.Values(address),
        [](const RegisterReading& reading) { return reading; }, &all);
  }
  for (const auto& [leaf, mask] : recorded.cpuid) {
    const auto values = snapshot.Values(leaf);
    for (const CpuidRegister output : kOutputs) {
      const RegisterId reg = RegisterId::Of(leaf, output);
      AddValues(
          reg, comparable->BitsOf(reg).of_recordings, values,
          [&](const CpuidReading& reading) -> RegisterReading { return OutputOf(reading, output); },
          &all);
    }
  }
  return all;
}

}  // namespace vtprobe::fleet
