#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dump/binary_layout.h"
#include "dump/checksum.h"
#include "snapshot/column_access.h"
#include "vtprobe/hal/binary_dump.h"

namespace vtprobe {
namespace {

using binary::Header;

class Writer {
 public:
  explicit Writer(const PlatformSnapshot& snapshot) : snapshot_(snapshot) {}

  std::string Write() {
    const auto [online, offline, sets, msrs, cpuid] = ColumnAccess::Parts(snapshot_);
    bytes_.resize(sizeof(Header));
    header_.version =
        ColumnAccess::KnowsSomeInPart(snapshot_) ? binary::kVersionWithBits : binary::kVersion;
    WriteMetadata();
    WriteRanges(online, &header_.online_ranges);
    WriteRanges(offline, &header_.offline_ranges);
    WriteSets(sets);
    WriteTable(msrs, &header_.msrs, &header_.msr_readings);
    WriteTable(cpuid, &header_.leaves, &header_.leaf_readings);

    std::memcpy(header_.magic, binary::kMagic.data(), sizeof header_.magic);
    header_.size = bytes_.size();
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    const std::string_view written = bytes_;
    header_.checksum = Checksum(written.substr(binary::kChecked));
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return std::move(bytes_);
  }

 private:
  void Append(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }
  void Pad() { bytes_.resize(binary::Padded(bytes_.size())); }

  template <typename Values>
  std::uint32_t AppendAll(const Values& values) {
    if (!values.empty()) Append(values.data(), values.size() * sizeof *values.data());
    return static_cast<std::uint32_t>(values.size());
  }

  // A NUL ends each key and each value.
  void WriteMetadata() {
    const std::size_t begin = bytes_.size();
    for (const auto& [key, value] : snapshot_.metadata().entries()) {
      Append(key.c_str(), key.size() + 1);
      Append(value.c_str(), value.size() + 1);
    }
    header_.metadata_bytes = static_cast<std::uint32_t>(bytes_.size() - begin);
    Pad();
  }

  void WriteRanges(const CpuSet& cpus, std::uint32_t* count) { *count = AppendAll(cpus.ranges()); }

  void WriteSets(const std::vector<CpuSet>& sets) {
    std::vector<std::uint32_t> ends;
    std::vector<CpuSet::Range> ranges;
    for (const CpuSet& set : sets) {
      ranges.insert(ranges.end(), set.ranges().begin(), set.ranges().end());
      ends.push_back(static_cast<std::uint32_t>(ranges.size()));
    }
    header_.sets = AppendAll(ends);
    Pad();
    header_.set_ranges = AppendAll(ranges);
  }

  // Byte by byte what the cell holds, since what stands between its members is
  // nobody's.
  void AppendCell(const MsrCell& cell, const binary::Places& places, char* at) const {
    const MsrReading& given = cell.given;
    const std::uint64_t value = given.known_bits();
    const std::uint64_t known = given.known();
    std::memcpy(at, &value, 8);
    if (header_.version != binary::kVersion) std::memcpy(at + 8, &known, 8);
    std::memcpy(at + places.set, &cell.set, 4);
    const StoredFailure failure = known == 0 ? StoredFailure(given.error()) : StoredFailure();
    std::memcpy(at + places.failure(), &failure, 1);
  }
  static void AppendCell(const CpuidCell& cell, const binary::Places&, char* at) {
    std::memcpy(at, &cell.registers, 16);
    std::memcpy(at + 16, &cell.set, 4);
    std::memcpy(at + 20, &cell.recorded, 1);
    std::memcpy(at + 21, &cell.failure, 1);
  }

  template <typename Cell>
  void WriteTable(const ReadingTable<Cell>& table, std::uint32_t* keys, std::uint32_t* readings) {
    *keys = AppendAll(table.keys);
    Pad();
    AppendAll(table.ends);
    Pad();
    const binary::Places places = binary::PlacesOf(static_cast<Cell*>(nullptr), header_.version);
    std::size_t at = bytes_.size();
    bytes_.resize(at + table.cells.size() * places.size);
    for (const Cell& cell : table.cells) {
      AppendCell(cell, places, bytes_.data() + at);
      at += places.size;
    }
    *readings = static_cast<std::uint32_t>(table.cells.size());
  }

  const PlatformSnapshot& snapshot_;
  Header header_{};
  std::string bytes_;
};

}  // namespace

std::string WriteBinaryDump(const PlatformSnapshot& snapshot) { return Writer(snapshot).Write(); }

}  // namespace vtprobe
