#include "vtprobe/report/readings.h"

#include <algorithm>
#include <map>
#include <utility>

namespace vtprobe {
namespace {

using Value = tl::expected<std::uint64_t, AccessCode>;

// Puts CPUs of one value together, however many values there are.
class Grouping {
 public:
  void Add(const CpuSet& cpus, const Value& value) {
    if (cpus.empty()) return;
    const Key key{value.has_value(), value ? *value : static_cast<std::uint64_t>(value.error())};
    auto& ranges = ranges_[key];
    ranges.insert(ranges.end(), cpus.ranges().begin(), cpus.ranges().end());
  }

  std::vector<Readings::Group> Take() {
    std::vector<Readings::Group> groups;
    for (auto& [key, ranges] : ranges_) {
      const auto& [known, number] = key;
      groups.push_back(
          {CpuSet(std::move(ranges)),
           known ? Value(number) : Value(tl::unexpected(static_cast<AccessCode>(number)))});
    }
    std::sort(groups.begin(), groups.end(),
              [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
    return groups;
  }

 private:
  using Key = std::pair<bool, std::uint64_t>;  // known; the value, or the code

  std::map<Key, std::vector<CpuSet::Range>> ranges_;
};

template <typename Reading, typename ValueOf>
Readings Collect(const PlatformSnapshot& snapshot, RegisterInfo info, std::optional<Field> field,
                 const PlatformSnapshot::ByValue<Reading>& values, ValueOf value_of) {
  Grouping grouping;
  std::vector<CpuSet::Range> recorded;
  for (const auto& [cpus, reading] : values) {
    recorded.insert(recorded.end(), cpus.ranges().begin(), cpus.ranges().end());
    Value value = value_of(reading);
    if (value && field) value = field->Extract(*value);
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
