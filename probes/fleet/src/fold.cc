#include "vtprobe/fleet/fold.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "cell_text.h"
#include "cells.h"
#include "vtprobe/fleet/values.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/hal/natural_order.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::fleet {
namespace {

// What is kept of machines seen lately, in bytes.
constexpr std::size_t kMostSeen = std::size_t{64} << 20;

std::string Meta(const PlatformSnapshot& snapshot, std::string_view key) {
  return std::string(snapshot.metadata().Get(key).value_or(std::string_view()));
}

}  // namespace

Kin KinOf(const PlatformSnapshot& snapshot) {
  Kin kin{Meta(snapshot, meta::kBoard), {}, {}};
  Selection selection;
  selection.Add(CpuidLeaf{0x0});
  selection.Add(CpuidLeaf{0x1}, MaskOf(CpuidRegister::kEax));
  for (const std::uint32_t leaf : {0x8000'0000u, 0x8000'0002u, 0x8000'0003u, 0x8000'0004u}) {
    selection.Add(CpuidLeaf{leaf});
  }
  for (const SnapshotRow& row : snapshot.Rows(selection)) {
    const auto signature = OutputOf(row.Cpuid(CpuidLeaf{0x1}), CpuidRegister::kEax);
    if (kin.signature.empty() && signature) kin.signature = HexText(*signature);
    if (kin.model.empty()) kin.model = Identify(row).brand.value_or(std::string());
  }
  return kin;
}

std::vector<std::string> MicrocodeOf(const PlatformSnapshot& snapshot) {
  using registers::kBiosSignId;
  std::set<std::uint64_t> revisions;
  for (const auto& [cpus, reading] : snapshot.Values(kBiosSignId.address)) {
    const CpuSet online = cpus.Intersection(snapshot.online());
    if (!reading || online.empty()) continue;
    const SnapshotCpu cpu(snapshot, online.First());
    const bool is_amd = registers::Meets(cpu, registers::kAmdCompatible) == Presence::kPresent;
    revisions.insert(is_amd ? kBiosSignId["PATCH_LEVEL"].Extract(*reading)
                            : kBiosSignId["MICROCODE_REVISION"].Extract(*reading));
  }
  revisions.erase(0);  // none was loaded, or nobody asked with CPUID first
  std::vector<std::string> texts;
  texts.reserve(revisions.size());
  for (const std::uint64_t revision : revisions) texts.push_back(HexText(revision));
  if (!texts.empty()) return texts;
  const std::string said = Meta(snapshot, meta::kMicrocode);
  return said.empty() ? texts : std::vector{said};
}

bool IsAnswer(const RegisterReading& reading) {
  return reading.known() != 0 || reading.error() == AccessCode::kGeneralProtection;
}

void Names::Add(std::string name) {
  ++count_;
  kept_.push_back(std::move(name));
  is_trimmed_ = false;
  if (kept_.size() >= 2 * kMostKept) Trim();
}

void Names::Add(const Names& others) {
  count_ += others.count_;
  kept_.insert(kept_.end(), others.kept().begin(), others.kept().end());
  is_trimmed_ = false;
  if (kept_.size() >= 2 * kMostKept) Trim();
}

const std::vector<std::string>& Names::kept() const {
  if (!is_trimmed_) Trim();
  return kept_;
}

void Names::Trim() const {
  std::sort(kept_.begin(), kept_.end(), IsNaturallyBefore);
  if (kept_.size() > kMostKept) kept_.resize(kMostKept);
  is_trimmed_ = true;
}

void Fold::Add(const Item& item, const PlatformSnapshot& snapshot, const Judge& judge) {
  if (!item.is_alone) return Count(item, snapshot, Judged(item, snapshot, judge));
  std::string counts = WhatCounts(snapshot, &comparable_);
  counts += item.machine.empty() ? '-' : '+';  // whether it has cells of its own
  const auto found = seen_.find(counts);
  if (found != seen_.end()) return Count(item, snapshot, found->second);
  const Known known = Judged(item, snapshot, judge);
  Count(item, snapshot, known);
  if (seen_size_ + counts.size() > kMostSeen) {
    seen_.clear();
    seen_size_ = 0;
  }
  seen_size_ += counts.size();
  seen_.emplace(std::move(counts), known);
}

void Fold::AddUnreadable(std::string name, Unreadable why) {
  unreadable_.emplace(std::move(name), std::move(why));
}

void Fold::HoldAgainst(const PlatformSnapshot& golden) {
  golden_.clear();
  for (Cell& cell : CellsOf(golden, &comparable_).compared) {
    golden_.push_back(Intern(std::move(cell)));
  }
}

CellNumber Fold::Intern(Cell cell) {
  const std::size_t hash = std::hash<std::string>()(CellText(cell));
  for (auto [one, end] = cell_numbers_.equal_range(hash); one != end; ++one) {
    if (cells_[one->second] == cell) return one->second;
  }
  const auto next = static_cast<CellNumber>(cells_.size());
  cells_.push_back(std::move(cell));
  cell_numbers_.emplace(hash, next);
  return next;
}

Fold::Known Fold::Judged(const Item& item, const PlatformSnapshot& snapshot, const Judge& judge) {
  Known known;
  Pattern pattern{.kin = KinOf(snapshot),
                  .firmware = Meta(snapshot, meta::kFirmwareVersion),
                  .firmware_date = Meta(snapshot, meta::kFirmwareDate),
                  .microcode = MicrocodeOf(snapshot),
                  .failed = {},
                  .cells = {},
                  .unread = {}};
  Judgement judgement = judge(snapshot);
  pattern.usable = judgement.usable;
  pattern.exit_code = judgement.exit_code;
  pattern.failed = std::move(judgement.failed);
  ReadCells cells = CellsOf(snapshot, &comparable_);
  for (Cell& cell : cells.compared) pattern.cells.push_back(Intern(std::move(cell)));
  // Where there is no other recording of the machine nobody asks for these.
  if (item.machine.empty()) cells.own.clear();
  for (Cell& cell : cells.own) known.own.push_back(Intern(std::move(cell)));
  pattern.unread = std::move(cells.unread);
  known.alike = &*patterns_.try_emplace(std::move(pattern)).first;
  return known;
}

void Fold::Count(const Item& item, const PlatformSnapshot& snapshot, const Known& known) {
  if (item.machine.empty()) return known.alike->second.Add(item.name);
  machines_[item.machine].push_back(
      {Meta(snapshot, meta::kTime), item.order, item.name, &known.alike->first, known.own});
}

bool Fold::IsMadeLike(const Fold& other) const {
  return way_ == other.way_ &&
         std::equal(golden_.begin(), golden_.end(), other.golden_.begin(), other.golden_.end(),
                    [&](CellNumber a, CellNumber b) { return cell(a) == other.cell(b); });
}

void Fold::Merge(const Fold& other) {
  std::vector<CellNumber> numbers;
  for (const Cell& cell : other.cells_) numbers.push_back(Intern(cell));
  const auto ours = [&](std::vector<CellNumber> cells) {
    for (CellNumber& cell : cells) cell = numbers[cell];
    return cells;
  };
  std::map<const Pattern*, const Pattern*> ours_of;
  for (const auto& [pattern, names] : other.patterns_) {
    Pattern copy = pattern;
    copy.cells = ours(copy.cells);
    Alike& alike = *patterns_.try_emplace(std::move(copy)).first;
    alike.second.Add(names);
    ours_of[&pattern] = &alike.first;
  }
  for (const auto& [machine, boots] : other.machines_) {
    for (const Boot& boot : boots) {
      Boot copy = boot;
      copy.pattern = ours_of[boot.pattern];
      copy.own = ours(copy.own);
      machines_[machine].push_back(std::move(copy));
    }
  }
  unreadable_.insert(other.unreadable_.begin(), other.unreadable_.end());
  not_recordings_ += other.not_recordings_;
  for (const std::size_t row : other.left_out()) comparable_.AddLeftOut(row);
}

}  // namespace vtprobe::fleet
