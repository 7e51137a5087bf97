#include "vtprobe/report/readings.h"

#include <algorithm>
#include <map>
#include <utility>

namespace vtprobe {
namespace {

// Puts CPUs of one value together, however many values there are.
class Grouping {
 public:
  void Add(const CpuSet& cpus, const RegisterReading& value) {
    if (cpus.empty()) return;
    auto& ranges = ranges_[value];
    ranges.insert(ranges.end(), cpus.ranges().begin(), cpus.ranges().end());
  }

  std::vector<Readings::Group> Take() {
    std::vector<Readings::Group> groups;
    for (auto& [value, ranges] : ranges_) groups.push_back({CpuSet(std::move(ranges)), value});
    std::sort(groups.begin(), groups.end(),
              [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
    return groups;
  }

 private:
  std::map<RegisterReading, std::vector<CpuSet::Range>> ranges_;
};

// What is known of a register's field. The bits above it are 0.
RegisterReading OfField(const Field& field, const RegisterReading& reading) {
  if (reading.Knows(field.mask())) return field.Extract(reading.known_bits());
  const std::uint64_t known = field.Extract(reading.known());
  if (known == 0) return tl::unexpected(AccessCode::kNotRecorded);
  const std::uint64_t above = ~(field.mask() >> field.low);
  return RegisterReading::OfBits(field.Extract(reading.known_bits()), known | above);
}

template <typename Reading, typename ValueOf>
Readings Collect(const PlatformSnapshot& snapshot, RegisterInfo info, std::optional<Field> field,
                 const PlatformSnapshot::ByValue<Reading>& values, ValueOf value_of) {
  Grouping grouping;
  std::vector<CpuSet::Range> recorded;
  for (const auto& [cpus, reading] : values) {
    recorded.insert(recorded.end(), cpus.ranges().begin(), cpus.ranges().end());
    RegisterReading value = value_of(reading);
    if (field && value.known() != 0) value = OfField(*field, value);
    grouping.Add(cpus.Intersection(snapshot.online()), value);
  }
  grouping.Add(snapshot.online().Difference(CpuSet(std::move(recorded))),
               tl::unexpected(AccessCode::kNotRecorded));
  return {std::move(info), field, grouping.Take(), snapshot.offline()};
}

}  // namespace

bool Readings::Complete() const {
  return !groups.empty() && std::all_of(groups.begin(), groups.end(),
                                        [](const Group& group) { return group.value.has_value(); });
}

Readings ReadingsOf(const PlatformSnapshot& snapshot, MsrAddress address,
                    std::optional<Field> field) {
  return Collect(snapshot, InfoOf(address), field, snapshot.Values(address),
                 [](const MsrReading& reading) { return reading; });
}

Readings ReadingsOf(const PlatformSnapshot& snapshot, const CpuidDef& cpuid,
                    std::optional<Field> field) {
  return Collect(snapshot, InfoOf(cpuid), field, snapshot.Values(cpuid.leaf),
                 [&](const CpuidReading& reading) { return OutputOf(reading, cpuid.output); });
}

}  // namespace vtprobe
