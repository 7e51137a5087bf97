// The reader of binary dumps. The counts in the header must add up to the size
// of the file before anything is made from them, and every number that points
// somewhere is checked before it is followed: a dump may come from anybody, and
// a checksum proves nothing of who wrote it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dump/binary_layout.h"
#include "dump/checksum.h"
#include "snapshot/column_access.h"
#include "snapshot/cpu_bitmap.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump_limits.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe {
namespace {

using binary::Header;

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// What a reading may refer to a set for.
struct SetFacts {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool is_usable = false;  // some CPUs, all online or all offline
};

bool Covers(const CpuSet& cpus, const CpuSet::Range& range) {
  const auto& all = cpus.ranges();
  const auto behind = std::upper_bound(
      all.begin(), all.end(), range.first,
      [](std::uint32_t number, const CpuSet::Range& r) { return number < r.first; });
  return behind != all.begin() && range.last <= std::prev(behind)->last;
}

bool Covers(const CpuSet& cpus, std::span<const CpuSet::Range> ranges) {
  return std::all_of(ranges.begin(), ranges.end(),
                     [&](const CpuSet::Range& range) { return Covers(cpus, range); });
}

constexpr std::uint32_t kLastFailure = static_cast<std::uint32_t>(kAllAccessCodes.size());

std::uint32_t Load32(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t Load64(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// The reading of those bytes. Nothing if they are none: it is a failure that there
// is, without a value, or what was read, and zeros where nothing belongs.
std::optional<MsrCell> CellAt(const char* at, std::uint32_t version, MsrCell*) {
  const binary::Places places = binary::PlacesOf(static_cast<MsrCell*>(nullptr), version);
  const bool has_known = version != binary::kVersion;
  const std::uint64_t value = Load64(at);
  const std::uint64_t known = has_known ? Load64(at + 8) : ~std::uint64_t{0};
  const CpuSetId set = Load32(at + places.set);
  const std::uint32_t failure = Load32(at + places.failure());
  if (failure != 0) {
    const bool is_one = failure <= kLastFailure && value == 0 && (!has_known || known == 0);
    if (!is_one) return std::nullopt;
    return MsrCell(set, tl::unexpected(static_cast<AccessCode>(failure - 1)));
  }
  if (known == 0 || (value & ~known) != 0) return std::nullopt;
  return MsrCell(set, MsrReading::OfBits(value, known));
}

std::optional<CpuidCell> CellAt(const char* at, std::uint32_t, CpuidCell*) {
  const std::uint32_t tail = Load32(at + offsetof(CpuidCell, recorded));
  const std::uint32_t failure = tail >> 8;
  // A register that is not recorded holds 0.
  for (unsigned i = 0; i < 4; ++i) {
    if ((tail & 1u << i) == 0 && Load32(at + std::size_t{4} * i) != 0) return std::nullopt;
  }
  const bool is_one = tail <= kAllCpuidRegisters || ((tail & 0xff) == 0 && failure <= kLastFailure);
  if (!is_one) return std::nullopt;
  CpuidCell cell(0, PartialCpuid{});
  std::memcpy(&cell, at, sizeof cell);
  return cell;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  tl::expected<PlatformSnapshot, BinaryDumpError> Read() {
    const bool is_good = ReadHeader() && ReadMetadata() && ReadCpus() && ReadSets() &&
                         ReadTable(header_.msrs, header_.msr_readings, &std::get<3>(parts_)) &&
                         ReadTable(header_.leaves, header_.leaf_readings, &std::get<4>(parts_));
    if (!is_good) return tl::unexpected(std::move(error_));
    return std::move(snapshot_);
  }

 private:
  bool Fail(std::size_t offset, std::string message) {
    error_ = {offset, std::move(message)};
    return false;
  }

  bool ReadHeader() {
    if (!IsBinaryDump(bytes_)) return Fail(0, "expected the signature of a binary dump");
    if (bytes_.size() < sizeof(Header)) return Fail(bytes_.size(), "expected the whole header");
    std::memcpy(&header_, bytes_.data(), sizeof header_);
    if (header_.version != binary::kVersion && header_.version != binary::kVersionWithBits) {
      return Fail(offsetof(Header, version), "expected version 1 or 2, those this vtprobe reads");
    }
    if (header_.reserved != 0 || header_.reserved_too != 0) {
      return Fail(offsetof(Header, reserved), "expected 0 in what is reserved");
    }
    if (bytes_.size() > kLargestRecording) {
      return Fail(kLargestRecording, TooLargeRecording());
    }
    if (std::uint64_t{header_.msr_readings} + header_.leaf_readings > kMostReadings) {
      return Fail(offsetof(Header, msr_readings), TooManyReadings());
    }
    if (std::uint64_t{header_.sets} > kMostCpuRanges || header_.set_ranges > kMostCpuRanges) {
      return Fail(offsetof(Header, sets), TooManyCpuRanges());
    }
    if (header_.size != bytes_.size() || SizeByCounts() != bytes_.size()) {
      return Fail(offsetof(Header, size), "the sizes in the header are not those of the file");
    }
    if (header_.checksum != Checksum(bytes_.substr(binary::kChecked))) {
      return Fail(offsetof(Header, checksum), "the checksum is another: the file is damaged");
    }
    at_ = sizeof header_;
    return true;
  }

  template <typename Cell>
  std::size_t SizeOf() const {
    return binary::PlacesOf(static_cast<Cell*>(nullptr), header_.version).size;
  }

  std::uint64_t SizeByCounts() const {
    using binary::Padded;
    const auto words = [](std::uint32_t count) { return Padded(std::uint64_t{count} * 4); };
    const Header& h = header_;
    return sizeof(Header) + Padded(h.metadata_bytes) +
           (std::uint64_t{h.online_ranges} + h.offline_ranges + h.set_ranges) * 8 + words(h.sets) +
           2 * words(h.msrs) + std::uint64_t{h.msr_readings} * SizeOf<MsrCell>() +
           std::uint64_t{h.leaves} * 8 + words(h.leaves) +
           std::uint64_t{h.leaf_readings} * SizeOf<CpuidCell>();
  }

  // So many bytes and what fills them up, which must be zeros. That they are
  // there is known from the counts.
  bool Take(std::size_t size, std::string_view* taken) {
    *taken = bytes_.substr(at_, size);
    const std::string_view padding = bytes_.substr(at_ + size, binary::Padded(size) - size);
    if (padding.find_first_not_of('\0') != std::string_view::npos) {
      return Fail(at_ + size, "expected zeros between two sections");
    }
    at_ += binary::Padded(size);
    return true;
  }

  template <typename T>
  bool TakeAll(std::uint32_t count, std::vector<T>* values) {
    std::string_view taken;
    if (!Take(std::size_t{count} * sizeof(T), &taken)) return false;
    values->resize(count);
    if (count != 0) std::memcpy(values->data(), taken.data(), taken.size());
    return true;
  }

  bool ReadMetadata() {
    const std::size_t begin = at_;
    std::string_view rest;
    if (!Take(header_.metadata_bytes, &rest)) return false;
    const std::string_view all = rest;
    while (!rest.empty()) {
      const std::size_t offset = begin + (all.size() - rest.size());
      const std::size_t key_end = rest.find('\0');
      const std::size_t value_end =
          key_end == std::string_view::npos ? key_end : rest.find('\0', key_end + 1);
      if (value_end == std::string_view::npos) return Fail(offset, "expected a key and a value");
      const std::string_view key = rest.substr(0, key_end);
      const std::string_view value = rest.substr(key_end + 1, value_end - key_end - 1);
      rest.remove_prefix(value_end + 1);
      Metadata& metadata = snapshot_.mutable_metadata();
      if (key.empty() || !std::all_of(key.begin(), key.end(), IsKeyCharacter)) {
        return Fail(offset, "expected a key of letters, digits, '.', '_' and '-'");
      }
      if (metadata.entries().size() == kMostMetadataKeys || all.size() > kMostMetadata) {
        return Fail(offset, TooMuchMetadata());
      }
      if (metadata.Get(key)) return Fail(offset, "the key stands here a second time");
      metadata.Set(key, value);
      if (Metadata::WhyInvalid(key, value) || metadata.Get(key) != value) {
        return Fail(offset, "expected a value that the key may have");
      }
    }
    return true;
  }

  // Ascending, disjoint, not adjacent, of CPU numbers.
  static bool AreCanonical(std::span<const CpuSet::Range> ranges) {
    std::uint64_t lowest = 0;
    for (const CpuSet::Range& range : ranges) {
      if (range.first < lowest || range.last < range.first || range.last > kMaxCpuNumber) {
        return false;
      }
      lowest = range.last + std::uint64_t{2};
    }
    return true;
  }

  bool ReadRanges(std::uint32_t count, CpuSet* cpus) {
    const std::size_t begin = at_;
    std::vector<CpuSet::Range> ranges;
    if (!TakeAll(count, &ranges)) return false;
    if (!AreCanonical(ranges)) return Fail(begin, "expected CPUs in ascending ranges");
    *cpus = CpuSet(std::move(ranges));
    return true;
  }

  bool ReadCpus() {
    const std::size_t begin = at_;
    CpuSet& online = std::get<0>(parts_);
    CpuSet& offline = std::get<1>(parts_);
    if (!ReadRanges(header_.online_ranges, &online) ||
        !ReadRanges(header_.offline_ranges, &offline)) {
      return false;
    }
    return !online.Intersects(offline) || Fail(begin, "a CPU can't be both online and offline");
  }

  bool ReadSets() {
    const std::size_t begin = at_;
    std::vector<std::uint32_t> ends;
    std::vector<CpuSet::Range> ranges;
    if (!TakeAll(header_.sets, &ends) || !TakeAll(header_.set_ranges, &ranges)) return false;
    if (!std::is_sorted(ends.begin(), ends.end()) ||
        (ends.empty() ? 0 : ends.back()) != ranges.size()) {
      return Fail(begin, "expected sets that share out their ranges");
    }
    const auto& [online, offline, sets, msrs, cpuid] = parts_;
    std::get<2>(parts_).reserve(ends.size());
    facts_.reserve(ends.size());
    std::size_t range = 0;
    for (const std::uint32_t end : ends) {
      const auto mine = std::span<const CpuSet::Range>(ranges).subspan(range, end - range);
      range = end;
      if (!AreCanonical(mine)) return Fail(begin, "expected CPUs in ascending ranges");
      SetFacts facts;
      if (!mine.empty()) {
        facts = {mine.front().first, mine.back().last,
                 Covers(online, mine) || Covers(offline, mine)};
      }
      facts_.push_back(facts);
      std::get<2>(parts_).emplace_back(std::vector<CpuSet::Range>(mine.begin(), mine.end()));
    }
    return true;
  }

  template <typename Cell>
  bool ReadTable(std::uint32_t key_count, std::uint32_t cell_count, ReadingTable<Cell>* table) {
    const std::size_t begin = at_;
    if (!TakeAll(key_count, &table->keys)) return false;
    const auto& keys = table->keys;
    if (std::adjacent_find(keys.begin(), keys.end(),
                           [](const auto& a, const auto& b) { return !(a < b); }) != keys.end()) {
      return Fail(begin, "expected registers in ascending order");
    }
    const std::size_t ends_begin = at_;
    if (!TakeAll(key_count, &table->ends)) return false;
    std::uint32_t before = 0;
    for (const std::uint32_t end : table->ends) {
      if (end <= before) return Fail(ends_begin, "expected at least one reading of each register");
      before = end;
    }
    if (before != cell_count) return Fail(ends_begin, "expected registers that share all readings");
    std::string_view cells;
    const std::size_t cells_begin = at_;
    const std::size_t size = SizeOf<Cell>();
    if (!Take(cell_count * size, &cells)) return false;
    table->cells.reserve(cell_count);
    for (std::size_t at = 0; at < cells.size(); at += size) {
      const auto cell = CellAt(cells.data() + at, header_.version, static_cast<Cell*>(nullptr));
      if (!cell || cell->set >= facts_.size() || !facts_[cell->set].is_usable) {
        return Fail(cells_begin + at, "expected a reading of some of the CPUs");
      }
      ranges_of_readings_ += std::get<2>(parts_)[cell->set].ranges().size();
      if (ranges_of_readings_ > kMostRangesOfReadings) {
        return Fail(cells_begin + at, TooManyRangesOfReadings());
      }
      table->cells.push_back(*cell);
    }
    return CheckColumns(*table, cells_begin);
  }

  // Of one register, sets ascend by their first CPU and share none.
  template <typename Cell>
  bool CheckColumns(const ReadingTable<Cell>& table, std::size_t cells_begin) {
    std::size_t begin = 0;
    std::vector<CpuSetId> checked;  // the sets of the column that was looked at closely
    for (const std::uint32_t end : table.ends) {
      const auto cells = std::span(table.cells).subspan(begin, end - begin);
      const std::size_t offset = cells_begin + begin * SizeOf<Cell>();
      begin = end;
      std::uint32_t highest = facts_[cells.front().set].last;
      bool is_interleaved = false;
      for (std::size_t i = 1; i < cells.size(); ++i) {
        const SetFacts& facts = facts_[cells[i].set];
        if (facts.first <= facts_[cells[i - 1].set].first) {
          return Fail(offset, "expected a register's readings in the order of their CPUs");
        }
        is_interleaved |= facts.first <= highest;
        highest = std::max(highest, facts.last);
      }
      if (is_interleaved && !AreDisjoint(cells, &checked)) {
        return Fail(offset, "one of the CPUs has this register twice");
      }
    }
    return true;
  }

  // Many registers mostly have the same interleaved sets: those of the threads
  // of a core.
  template <typename Cell>
  bool AreDisjoint(std::span<const Cell> cells, std::vector<CpuSetId>* checked) const {
    const auto is_set = [](const Cell& cell, CpuSetId set) { return cell.set == set; };
    if (std::equal(cells.begin(), cells.end(), checked->begin(), checked->end(), is_set)) {
      return true;
    }
    CpuBitmap seen;
    checked->clear();
    for (const Cell& cell : cells) {
      const CpuSet& cpus = std::get<2>(parts_)[cell.set];
      if (seen.Intersects(cpus)) return false;
      seen.Add(cpus);
      checked->push_back(cell.set);
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  Header header_{};
  PlatformSnapshot snapshot_;
  decltype(ColumnAccess::Parts(std::declval<PlatformSnapshot&>())) parts_ =
      ColumnAccess::Parts(snapshot_);
  std::vector<SetFacts> facts_;  // of each set
  std::size_t ranges_of_readings_ = 0;
  BinaryDumpError error_;
};

}  // namespace

bool IsBinaryDump(std::string_view beginning) { return beginning.starts_with(binary::kMagic); }

tl::expected<PlatformSnapshot, BinaryDumpError> ParseBinaryDump(std::string_view bytes) {
  return Reader(bytes).Read();
}

}  // namespace vtprobe
