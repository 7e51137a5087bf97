#include "fleet_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>

#include "on_all_cpus.h"
#include "vtprobe/fleet/values.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

// What is kept of machines seen lately, in bytes.
constexpr std::size_t kMostSeen = std::size_t{32} << 20;

std::string Meta(const PlatformSnapshot& snapshot, std::string_view key) {
  return Printable(snapshot.metadata().Get(key).value_or(std::string_view()));
}

// Fields that can't be taken for one another.
void Append(std::string_view text, std::string* all) {
  *all += text;
  *all += '\0';
}

template <typename Plain>
void AppendPlain(const Plain& plain, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&plain), sizeof(plain));
}

// What tells a value from all others, as bytes that are made sooner than text.
std::string KeyOf(const fleet::RegisterValue& value) {
  std::string key;
  key.reserve(64);
  AppendPlain(value.reg.is_cpuid, &key);
  AppendPlain(value.reg.number, &key);
  AppendPlain(value.reg.subleaf, &key);
  AppendPlain(value.reg.output, &key);
  const std::uint64_t known = value.reading.known();
  AppendPlain(known, &key);
  AppendPlain(
      known != 0 ? value.reading.known_bits() : static_cast<std::uint64_t>(value.reading.error()),
      &key);
  for (const CpuSet::Range& range : value.cpus.ranges()) {
    AppendPlain(range.first, &key);
    AppendPlain(range.last, &key);
  }
  return key;
}

store::Value ValueOf(const fleet::RegisterValue& value) {
  const RegisterReading& reading = value.reading;
  store::Value row{
      {}, fleet::NameOf(value.reg), fleet::AddressOf(value.reg), value.cpus.ToString(), {}, {}};
  if (reading.known() == 0) {
    row.error = Name(reading.error());
  } else {
    row.value = HexText(reading.known_bits());
    // Of which bits alone it is known.
    if (reading.IsPartial()) row.value += '/' + HexText(reading.known());
  }
  std::string all;
  for (const std::string* const text :
       {&row.reg, &row.address, &row.cpus, &row.value, &row.error}) {
    Append(*text, &all);
  }
  row.hash = store::ContentHash(all);
  return row;
}

// The same of what a rule says.
std::string KeyOf(const Finding& finding) {
  std::string key;
  key.reserve(64 + finding.message.size());
  AppendPlain(finding.rule.data(), &key);  // where it stands in the program
  AppendPlain(finding.outcome, &key);
  AppendPlain(finding.severity, &key);
  AppendPlain(finding.cpus.ranges().size(), &key);
  for (const CpuSet::Range& range : finding.cpus.ranges()) AppendPlain(range, &key);
  return key += finding.message;
}

store::RuleFinding FindingRowOf(const Finding& finding) {
  store::RuleFinding row{{},
                         std::string(finding.rule),
                         std::string(Name(finding.outcome)),
                         std::string(Name(finding.severity)),
                         finding.cpus.ToString(),
                         Printable(finding.message)};
  std::string all;
  for (const std::string* const text :
       {&row.rule, &row.outcome, &row.severity, &row.cpus, &row.message}) {
    Append(*text, &all);
  }
  row.hash = store::ContentHash(all);
  return row;
}

// Under which number it is told; what was told before is forgotten where it is much, and
// told again.
template <typename AllTold, typename Make, typename Record>
auto& Tell(std::string key, const Make& make, AllTold* all, std::int64_t* count,
           std::vector<Record>* told) {
  constexpr std::size_t kMostTold = 200'000;
  const auto found = all->find(key);
  if (found != all->end()) return found->second;
  if (all->size() >= kMostTold) all->clear();
  told->push_back(make());
  return all->emplace(std::move(key), typename AllTold::mapped_type{(*count)++, told->back().hash})
      .first->second;
}

}  // namespace

void RowMaker::AddReadings(const PlatformSnapshot& snapshot, store::Answers* answers) {
  const fleet::Kin kin = fleet::KinOf(snapshot);
  store::Readings& readings = answers->readings;
  readings.board = Printable(kin.board);
  readings.model = Printable(kin.model);
  readings.signature = kin.signature;
  readings.firmware = Meta(snapshot, meta::kFirmwareVersion);
  readings.firmware_date = Meta(snapshot, meta::kFirmwareDate);
  readings.microcode = Printable(fmt::format("{}", fmt::join(fleet::MicrocodeOf(snapshot), ", ")));
  std::string all;
  for (const std::string* const text :
       {&readings.board, &readings.model, &readings.signature, &readings.firmware,
        &readings.firmware_date, &readings.microcode}) {
    Append(*text, &all);
  }
  for (const fleet::RegisterValue& value : fleet::ValuesOf(snapshot, &comparable_)) {
    const Told& told = Tell(
        KeyOf(value), [&] { return ValueOf(value); }, &values_, &value_count_,
        &answers->told_values);
    readings.values.push_back(told.number);
    all += told.hash;
  }
  readings.hash = store::ContentHash(all);
}

void RowMaker::AddJudgement(const Report& report, store::Answers* answers) {
  store::Judgement& judgement = answers->judgement;
  judgement.tool_version = version_;
  judgement.usable = Name(report.virtualization.usable);
  judgement.state = Name(report.virtualization.state);
  judgement.exit_code = report.exit_code;
  std::string all = std::to_string(judgement.exit_code) + '\0';
  for (const std::string* const text :
       {&judgement.tool_version, &judgement.usable, &judgement.state}) {
    Append(*text, &all);
  }
  for (const Finding& finding : report.findings) {
    if (finding.outcome == Outcome::kNotApplicable) continue;
    const auto make = [&] { return FindingRowOf(finding); };
    const Told& told =
        Tell(KeyOf(finding), make, &findings_, &finding_count_, &answers->told_findings);
    judgement.findings.push_back(told.number);
    all += told.hash;
  }
  judgement.hash = store::ContentHash(all);
}

std::string RowMaker::WhatCounts(const PlatformSnapshot& snapshot) {
  return fleet::WhatCounts(snapshot, &comparable_);
}

void RowMaker::JudgeAhead(std::vector<Single> recordings) {
  ahead_.clear();
  std::vector<std::pair<const PlatformSnapshot*, Ahead*>> unknown;
  std::unordered_set<std::string_view> of_these;
  for (Single& single : recordings) {
    Ahead& ahead = ahead_[single.snapshot];
    ahead.counts = std::move(single.counts);
    if (seen_.contains(ahead.counts) || !of_these.insert(ahead.counts).second) continue;
    unknown.emplace_back(single.snapshot, &ahead);
  }
  ForEachOnAllCpus(unknown.size(), [&](std::size_t i) {
    const auto& [snapshot, ahead] = unknown[i];
    ahead->report = MakeReport(*snapshot, version_, std::nullopt, nullptr);
  });
}

RowMaker::Ahead RowMaker::TakeAhead(const PlatformSnapshot& snapshot) {
  if (auto found = ahead_.extract(&snapshot)) return std::move(found.mapped());
  return {WhatCounts(snapshot), std::nullopt};
}

store::Answers RowMaker::AnswersTo(const PlatformSnapshot& snapshot,
                                   std::span<const PlatformSnapshot> earlier) {
  store::Answers answers;
  // What was recorded earlier counts, too, and is not part of what this one says.
  if (!earlier.empty()) {
    AddReadings(snapshot, &answers);
    AddJudgement(MakeReport(snapshot, version_, std::nullopt, nullptr, earlier), &answers);
    return answers;
  }
  auto [counts, report] = TakeAhead(snapshot);
  const auto found = seen_.find(counts);
  if (found != seen_.end()) {
    return found->second;
  }
  if (!report) report = MakeReport(snapshot, version_, std::nullopt, nullptr);
  AddReadings(snapshot, &answers);
  AddJudgement(*report, &answers);
  store::Answers told{{}, {}, answers.readings, answers.judgement};
  const std::size_t size =
      counts.size() + sizeof(told) +
      (told.readings.values.size() + told.judgement.findings.size()) * sizeof(std::int64_t);
  if (seen_size_ + size > kMostSeen) {
    seen_.clear();
    seen_size_ = 0;
  }
  seen_size_ += size;
  seen_.emplace(std::move(counts), std::move(told));
  return answers;
}

void RowMaker::Complete(const PlatformSnapshot& snapshot, std::span<const PlatformSnapshot> earlier,
                        store::Recording* recording) {
  const std::string dump = WriteDump(snapshot);
  recording->hash = store::ContentHash(dump);
  for (const PlatformSnapshot& before : earlier) {
    recording->hash = store::ContentHash(recording->hash + WriteDump(before));
  }
  recording->earlier = static_cast<std::int64_t>(earlier.size());
  recording->copy = CopyOf(*recording);
  recording->time = Meta(snapshot, meta::kTime);
  recording->dump = packer_.Packed(dump);
  recording->answers = AnswersTo(snapshot, earlier);
}

// Boots that are the same to the bit are as many as there are files, and a file that is
// named twice is one.
std::int64_t RowMaker::CopyOf(const store::Recording& recording) {
  const std::hash<std::string> hash;
  const std::string content = recording.machine + '\0' + recording.hash;
  const auto [copy, is_new] = copies_.emplace(hash(content + '\0' + recording.name), 0);
  if (is_new) copy->second = counts_[hash(content)]++;
  return copy->second;
}

tl::expected<std::vector<PlatformSnapshot>, std::string> SnapshotsOf(const store::Kept& kept) {
  std::vector<PlatformSnapshot> snapshots;
  for (const std::string& packed : kept.dumps) {
    const auto dump = store::Unpacked(packed);
    if (!dump) return tl::unexpected(kept.name + ": what is kept of it is damaged");
    auto snapshot = ParseDump(*dump);
    if (!snapshot) {
      return tl::unexpected(Printable(fmt::format("{}: what is kept of it is damaged: {}",
                                                  kept.name, snapshot.error().message)));
    }
    snapshots.push_back(*std::move(snapshot));
  }
  if (snapshots.empty()) return tl::unexpected(kept.name + ": nothing is kept of it");
  return snapshots;
}

}  // namespace vtprobe
