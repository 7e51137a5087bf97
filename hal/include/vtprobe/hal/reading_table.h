// How a snapshot keeps its readings: register by register, and below one
// register each reading with the set of CPUs that gave it. All readings lie in
// one array, so a machine with many registers costs no more allocations than
// one with few, and a reading costs 24 bytes.
//
// Part of PlatformSnapshot; nobody else needs it.

#ifndef VTPROBE_HAL_READING_TABLE_H_
#define VTPROBE_HAL_READING_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// The position of a set of CPUs among those of a snapshot.
using CpuSetId = std::uint32_t;

// Why there is no value, in a byte: 0 where there is one.
class StoredFailure {
 public:
  constexpr StoredFailure() = default;
  constexpr explicit StoredFailure(AccessCode code)
      : stored_(static_cast<std::uint8_t>(static_cast<unsigned>(code) + 1)) {}

  constexpr bool IsNone() const { return stored_ == 0; }
  // Requires !IsNone().
  constexpr AccessCode code() const { return static_cast<AccessCode>(stored_ - 1); }

  friend constexpr bool operator==(const StoredFailure&, const StoredFailure&) = default;

 private:
  std::uint8_t stored_ = 0;
};

// What some CPUs gave when they were asked for one register.
struct MsrCell {
  using Key = MsrAddress;
  using Reading = MsrReading;

  MsrCell(CpuSetId cpus, const MsrReading& reading) : given(reading), set(cpus) {}

  const MsrReading& reading() const { return given; }

  MsrReading given;
  CpuSetId set;
};

struct CpuidCell {
  using Key = CpuidLeaf;
  using Reading = CpuidReading;

  CpuidCell(CpuSetId cpus, const CpuidReading& reading)
      : registers(reading ? reading->registers : CpuidRegisters{}),
        set(cpus),
        recorded(reading ? reading->recorded : CpuidRegisterMask{0}),
        failure(reading ? StoredFailure() : StoredFailure(reading.error())) {}

  CpuidReading reading() const {
    if (failure.IsNone()) return PartialCpuid{registers, recorded};
    return tl::unexpected(failure.code());
  }

  CpuidRegisters registers;
  CpuSetId set;
  CpuidRegisterMask recorded;
  StoredFailure failure;
};

// Fewer than 2^32 readings.
template <typename Cell>
struct ReadingTable {
  using Key = typename Cell::Key;

  struct Column {
    Key key;
    // Of disjoint sets, in ascending order of their first CPU; at least one.
    std::span<const Cell> cells;
  };

  std::size_t size() const { return keys.size(); }

  Column operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return {keys[i], std::span(cells).subspan(begin, ends[i] - begin)};
  }

  std::optional<Column> Find(const Key& key) const {
    const auto found = std::lower_bound(keys.begin(), keys.end(), key);
    if (found == keys.end() || *found != key) return std::nullopt;
    return (*this)[static_cast<std::size_t>(found - keys.begin())];
  }

  std::vector<Key> keys;            // ascending
  std::vector<std::uint32_t> ends;  // of each key's cells
  std::vector<Cell> cells;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_READING_TABLE_H_
