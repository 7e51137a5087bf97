#include "cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "vtprobe/fleet/values.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/wording/cpus_text.h"

namespace vtprobe::fleet {
namespace {

constexpr std::array kOutputs = {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx,
                                 CpuidRegister::kEdx};
// Of a CPU whose type was not read: those are held against each other.
constexpr std::uint32_t kUnknownType = 0xffff'ffff;

struct OfType {
  std::uint32_t type = 0;
  CpuSet cpus;
};

std::vector<OfType> ByCoreType(const PlatformSnapshot& snapshot) {
  Selection selection;
  selection.Add(CpuidLeaf{0x0});
  selection.Add(CpuidLeaf{0x7}, MaskOf(CpuidRegister::kEdx));
  selection.Add(CpuidLeaf{0x1a}, MaskOf(CpuidRegister::kEax));
  std::map<std::uint32_t, CpuGathering> types;
  for (const SnapshotRow& row : snapshot.Rows(selection)) {
    types[rules::CoreTypeOf(row).value_or(kUnknownType)].Add(row.cpus());
  }
  std::vector<OfType> by_type;
  by_type.reserve(types.size());
  for (const auto& [type, cpus] : types) by_type.push_back({type, cpus.Together()});
  return by_type;
}

class Reader {
 public:
  Reader(const PlatformSnapshot& snapshot, Comparable* comparable)
      : snapshot_(snapshot), comparable_(*comparable), types_(ByCoreType(snapshot)) {}

  ReadCells Read() {
    const Selection all = snapshot_.Everything();
    for (const MsrAddress address : all.msrs) ReadMsr(address);
    for (const auto& [leaf, mask] : all.cpuid) ReadLeaf(leaf);
    for (const auto& [why, registers] : unread_) Describe(why, registers);
    if (!snapshot_.offline().empty()) {
      cells_.unread.push_back(OfflineText(snapshot_.offline()));
    }
    return std::move(cells_);
  }

 private:
  using Values = PlatformSnapshot::ByValue<RegisterReading>;
  using Why = std::pair<AccessCode, std::string>;  // and on which CPUs

  void ReadMsr(MsrAddress address) {
    const RegisterId reg = RegisterId::Of(address);
    const ComparedBits bits = comparable_.BitsOf(reg);
    if (bits.of_recordings == 0) return;
    Add(reg, bits, snapshot_.Values(address));
  }

  void ReadLeaf(CpuidLeaf leaf) {
    std::array<ComparedBits, kOutputs.size()> bits;
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
      bits[i] = comparable_.BitsOf(RegisterId::Of(leaf, kOutputs[i]));
      any |= bits[i].of_recordings;
    }
    if (any == 0) return;
    const auto readings = snapshot_.Values(leaf);
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
      if (bits[i].of_recordings == 0) continue;
      Values values;
      values.reserve(readings.size());
      for (const auto& [cpus, reading] : readings) {
        values.emplace_back(cpus, OutputOf(reading, kOutputs[i]));
      }
      Add(RegisterId::Of(leaf, kOutputs[i]), bits[i], values);
    }
  }

  void Add(const RegisterId& reg, const ComparedBits& bits, const Values& values) {
    for (const OfType& of_type : types_) {
      AddCell(reg, of_type, bits.of_machines, values, &cells_.compared);
      AddCell(reg, of_type, bits.of_recordings & ~bits.of_machines, values, &cells_.own);
    }
    for (const auto& [cpus, reading] : values) NoteUnread(reg, cpus, reading);
  }

  void AddCell(const RegisterId& reg, const OfType& of_type, std::uint64_t mask,
               const Values& values, std::vector<Cell>* cells) const {
    if (mask == 0) return;
    std::map<RegisterReading, CpuGathering> by_value;
    for (const auto& [cpus, reading] : values) {
      const RegisterReading compared = Only(mask, reading);
      if (compared.IsUnrecorded()) continue;
      if (types_.size() == 1 && snapshot_.offline().empty()) {
        by_value[compared].Add(cpus);
        continue;
      }
      const CpuSet those = cpus.Intersection(of_type.cpus);
      if (!those.empty()) by_value[compared].Add(those);
    }
    if (by_value.empty()) return;
    Cell cell{reg, of_type.type, {}};
    for (const auto& [value, cpus] : by_value) cell.values.emplace_back(cpus.Together(), value);
    std::sort(cell.values.begin(), cell.values.end(),
              [](const auto& a, const auto& b) { return a.first.First() < b.first.First(); });
    cells->push_back(std::move(cell));
  }

  // A fault is an answer, and what nobody asked for is no failure.
  void NoteUnread(const RegisterId& reg, const CpuSet& cpus, const RegisterReading& reading) {
    if (reading.known() != 0) return;
    const AccessCode code = reading.error();
    if (code == AccessCode::kGeneralProtection || code == AccessCode::kNotRecorded) return;
    const CpuSet online = cpus.Intersection(snapshot_.online());
    if (online.empty()) return;
    unread_[{code, CpusText(online)}].insert(NameOf(reg));
  }

  void Describe(const Why& why, const std::set<std::string>& registers) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> named;
    for (const std::string& name : registers) {
      if (named.size() == kNamed) break;
      named.push_back(name);
    }
    const std::size_t more = registers.size() - named.size();
    cells_.unread.push_back(fmt::format(
        "{}{} {} not read on {}: {}", fmt::join(named, ", "),
        more == 0 ? std::string() : fmt::format(" and {} more", more),
        registers.size() == 1 ? "was" : "were", why.second, vtprobe::Describe(why.first)));
  }

  const PlatformSnapshot& snapshot_;
  Comparable& comparable_;
  std::vector<OfType> types_;
  ReadCells cells_;
  std::map<Why, std::set<std::string>> unread_;
};

template <typename Plain>
void Append(const Plain& plain, std::string* bytes) {
  std::array<char, sizeof(Plain)> raw{};
  std::memcpy(raw.data(), &plain, sizeof(Plain));
  bytes->append(raw.data(), raw.size());
}

void AppendText(std::string_view text, std::string* bytes) {
  Append(text.size(), bytes);
  bytes->append(text);
}

void AppendCpus(const CpuSet& cpus, std::string* bytes) {
  Append(cpus.ranges().size(), bytes);
  for (const CpuSet::Range& range : cpus.ranges()) {
    Append(range.first, bytes);
    Append(range.last, bytes);
  }
}

void AppendReading(const RegisterReading& reading, std::string* bytes) {
  Append(reading.known(), bytes);
  Append(reading.known() != 0 ? reading.known_bits() : static_cast<std::uint64_t>(reading.error()),
         bytes);
}

void AppendReading(const CpuidReading& reading, std::string* bytes) {
  Append(reading ? std::uint32_t{reading->recorded}
                 : 0x100u + static_cast<std::uint32_t>(reading.error()),
         bytes);
  if (!reading) return;
  for (const CpuidRegister output : kOutputs) {
    Append(reading->Has(output) ? reading->Get(output) : 0u, bytes);
  }
}

// What says when and where a machine was recorded, and not how it is.
bool SaysNothingOfState(std::string_view key) {
  return key == meta::kTime || key == meta::kSource || key == meta::kTool ||
         key == meta::kLicence || registers::Identifies(key);
}

// The MSRs that rules look at: what changes by itself, too, may be judged.
const std::set<MsrAddress>& JudgedMsrs() {
  static const std::set<MsrAddress> kMsrs = [] {
    const std::vector<MsrAddress> msrs = JudgedRegisters().msrs;
    return std::set<MsrAddress>(msrs.begin(), msrs.end());
  }();
  return kMsrs;
}

}  // namespace

std::string OfflineText(const CpuSet& cpus) {
  return fmt::format("{} {} offline", CpusText(cpus), cpus.Count() == 1 ? "is" : "are");
}

RegisterReading Only(std::uint64_t mask, const RegisterReading& reading) {
  if (reading) return *reading & mask;
  return reading.IsPartial()
             ? RegisterReading::OfBits(reading.known_bits() & mask, reading.known() & mask)
             : reading;
}

ReadCells CellsOf(const PlatformSnapshot& snapshot, Comparable* comparable) {
  return Reader(snapshot, comparable).Read();
}

std::string WhatCounts(const PlatformSnapshot& snapshot, Comparable* comparable) {
  std::string bytes;
  for (const auto& [key, value] : snapshot.metadata().entries()) {
    if (SaysNothingOfState(key)) continue;
    AppendText(key, &bytes);
    AppendText(value, &bytes);
  }
  AppendText({}, &bytes);
  AppendCpus(snapshot.online(), &bytes);
  AppendCpus(snapshot.offline(), &bytes);
  const Selection all = snapshot.Everything();
  for (const MsrAddress address : all.msrs) {
    const bool is_compared = comparable->BitsOf(RegisterId::Of(address)).of_recordings != 0;
    if (!is_compared && !JudgedMsrs().contains(address)) continue;
    Append(Number(address), &bytes);
    const auto values = snapshot.Values(address);
    Append(values.size(), &bytes);
    for (const auto& [cpus, reading] : values) {
      AppendCpus(cpus, &bytes);
      AppendReading(reading, &bytes);
    }
  }
  for (const auto& [leaf, mask] : all.cpuid) {
    if (registers::Identifies(leaf)) continue;
    Append(leaf.leaf, &bytes);
    Append(leaf.subleaf, &bytes);
    const auto values = snapshot.Values(leaf);
    Append(values.size(), &bytes);
    for (const auto& [cpus, reading] : values) {
      AppendCpus(cpus, &bytes);
      AppendReading(reading, &bytes);
    }
  }
  return bytes;
}

}  // namespace vtprobe::fleet
