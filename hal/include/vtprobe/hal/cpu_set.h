// A set of logical CPUs, written as the kernel writes it: "0-16,18-63".
//
// Kept as ascending, disjoint, non-adjacent ranges, so 4,096 equal CPUs cost
// as much as one. Where no two CPUs are alike there is a set for each of them,
// so a set of one range allocates nothing.

#ifndef VTPROBE_HAL_CPU_SET_H_
#define VTPROBE_HAL_CPU_SET_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/hal/types.h"

namespace vtprobe {

// CPU numbers above this are refused wherever a person or a file names one.
inline constexpr std::uint32_t kMaxCpuNumber = 65535;

// Where in the text a CPU list stops making sense, and what belongs there.
struct CpuListError {
  std::size_t offset = 0;  // bytes from the start of the text
  std::string message;
};

class CpuSet {
 public:
  // Both ends belong to the range.
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;

    friend constexpr bool operator==(const Range&, const Range&) = default;
  };

  CpuSet() = default;
  explicit CpuSet(LogicalCpu cpu) : only_{Number(cpu), Number(cpu)} {}
  // The ranges may come in any order and overlap.
  CpuSet(std::initializer_list<Range> ranges);
  explicit CpuSet(std::vector<Range> ranges);

  // Reads "N", "N-M" (N <= M) and comma-separated lists of them, decimal, no
  // blanks, each CPU at most once, up to kMaxCpuNumber. An empty text is an
  // error: whoever accepts one says so before calling.
  static tl::expected<CpuSet, CpuListError> Parse(std::string_view text);

  bool empty() const { return several_.empty() && only_ == kNone; }
  std::size_t Count() const;
  bool Contains(LogicalCpu cpu) const;
  bool Contains(const CpuSet& other) const;
  bool Intersects(const CpuSet& other) const;
  // Requires !empty().
  LogicalCpu First() const { return LogicalCpu{ranges().front().first}; }
  LogicalCpu Last() const { return LogicalCpu{ranges().back().last}; }

  CpuSet Union(const CpuSet& other) const;
  CpuSet Intersection(const CpuSet& other) const;
  CpuSet Difference(const CpuSet& other) const;

  // Borrowed from the set.
  std::span<const Range> ranges() const {
    if (!several_.empty()) return several_;
    return {&only_, only_ == kNone ? std::size_t{0} : std::size_t{1}};
  }
  // Every member, ascending.
  std::vector<LogicalCpu> ToVector() const;
  // "0-16,18-63"; empty for the empty set.
  std::string ToString() const;

  friend bool operator==(const CpuSet&, const CpuSet&) = default;

 private:
  static constexpr Range kNone{1, 0};

  Range only_ = kNone;          // kNone unless the set is one range
  std::vector<Range> several_;  // two or more, or none
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_CPU_SET_H_
