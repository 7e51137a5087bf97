#include "cpu_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/dump_limits.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kMaxCpus = kMaxCpuNumber + 1;
constexpr std::uint32_t kFirstExtendedLeaf = 0x8000'0000;
constexpr std::uint32_t kFirstCentaurLeaf = 0xc000'0000;

std::string Name(MsrAddress address) { return fmt::format("MSR {:#x}", Number(address)); }
std::string Name(CpuidLeaf leaf) {
  return fmt::format("CPUID {:#x}.{:#x}", leaf.leaf, leaf.subleaf);
}

// "1 line", "3 lines".
std::string Count(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

// The first records of each CPU, then those of the next: positions in
// `records`, in the order of `rank_of_cpu` and, below that, of the text.
template <typename Record>
std::vector<std::uint32_t> OrderByCpu(const std::vector<Record>& records,
                                      const std::vector<std::uint32_t>& rank_of_cpu,
                                      std::vector<std::uint32_t>* ends) {
  std::vector<std::uint32_t> next(ends->size() + 1);
  for (const Record& record : records) ++next[rank_of_cpu[record.cpu] + 1];
  for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
  std::copy(next.begin() + 1, next.end(), ends->begin());
  std::vector<std::uint32_t> order(records.size());
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    order[next[rank_of_cpu[records[i].cpu]]++] = i;
  }
  return order;
}

struct MaximumLeaves {
  std::uint32_t basic = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t extended = std::numeric_limits<std::uint32_t>::max();

  bool Has(std::uint32_t leaf) const {
    if (leaf < kFirstExtendedLeaf) return leaf <= basic;
    // The first extended leaf itself says that there are none.
    if (leaf == kFirstExtendedLeaf || leaf >= kFirstCentaurLeaf) return true;
    return leaf <= extended;
  }
};

}  // namespace

// What a text said, put on its CPUs.
class CpuCollector::Assembly {
 public:
  explicit Assembly(CpuCollector* collector) : in_(*collector) {}

  Imported Make();

 private:
  struct Repeat {
    std::uint32_t line;
    LogicalCpu cpu;
    std::string name;
  };

  void RankCpus();
  MaximumLeaves MaximaOf(std::size_t begin, std::size_t end) const;
  void AddCpu(std::size_t rank);
  void AddNotes(const PlatformSnapshot& snapshot);
  // Whether a later reading says something else than the one that stands.
  void Compare(const PlatformSnapshot& snapshot);

  CpuCollector& in_;
  SnapshotBuilder builder_;
  std::vector<std::uint32_t> numbers_;  // by rank, ascending
  std::vector<std::uint32_t> ranks_;    // by CPU
  std::vector<std::uint32_t> msr_order_;
  std::vector<std::uint32_t> msr_ends_;  // by rank
  std::vector<std::uint32_t> cpuid_order_;
  std::vector<std::uint32_t> cpuid_ends_;
  std::vector<std::uint32_t> repeated_msrs_;  // positions in in_.msrs_
  std::vector<std::uint32_t> repeated_cpuid_;
  std::size_t stale_ = 0;
  std::size_t samples_ = 0;
  std::size_t different_ = 0;
  std::string first_different_;
  std::size_t first_different_line_ = 0;
};

void CpuCollector::Assembly::RankCpus() {
  for (const Cpu& cpu : in_.cpus_) {
    if (cpu.has_readings || cpu.kind == Kind::kFromZero || cpu.kind == Kind::kPerhapsFromOne) {
      numbers_.push_back(cpu.number);
    }
  }
  std::sort(numbers_.begin(), numbers_.end());
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
  ranks_.reserve(in_.cpus_.size());
  for (const Cpu& cpu : in_.cpus_) {
    const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), cpu.number);
    ranks_.push_back(static_cast<std::uint32_t>(found - numbers_.begin()));
  }
}

MaximumLeaves CpuCollector::Assembly::MaximaOf(std::size_t begin, std::size_t end) const {
  MaximumLeaves maxima;
  bool has_basic = false;
  bool has_extended = false;
  for (std::size_t i = begin; i < end; ++i) {
    const CpuidRecord& record = in_.cpuid_[cpuid_order_[i]];
    if (!record.reading) continue;
    if (record.leaf.leaf == 0 && !std::exchange(has_basic, true)) {
      maxima.basic = record.reading->registers.eax;
    } else if (record.leaf.leaf == kFirstExtendedLeaf && !std::exchange(has_extended, true)) {
      maxima.extended = record.reading->registers.eax;
    }
  }
  return maxima;
}

void CpuCollector::Assembly::AddCpu(std::size_t rank) {
  // The ranks are distinct CPUs, so none was opened before.
  static_cast<void>(builder_.OpenBlock(CpuSet(LogicalCpu{numbers_[rank]})));
  const auto begin_of = [&](const std::vector<std::uint32_t>& ends) {
    return rank == 0 ? std::size_t{0} : std::size_t{ends[rank - 1]};
  };
  const std::size_t first_cpuid = begin_of(cpuid_ends_);
  const std::size_t end_cpuid = cpuid_ends_[rank];
  const MaximumLeaves maxima =
      in_.honours_maxima_ ? MaximaOf(first_cpuid, end_cpuid) : MaximumLeaves{};
  for (std::size_t i = first_cpuid; i < end_cpuid; ++i) {
    const CpuidRecord& record = in_.cpuid_[cpuid_order_[i]];
    if (!maxima.Has(record.leaf.leaf)) {
      ++stale_;
      continue;
    }
    if (!builder_.AddCpuid(record.leaf, record.reading)) {
      repeated_cpuid_.push_back(cpuid_order_[i]);
    }
  }
  for (std::size_t i = begin_of(msr_ends_); i < msr_ends_[rank]; ++i) {
    const MsrRecord& record = in_.msrs_[msr_order_[i]];
    if (!builder_.AddMsr(record.address, record.reading)) repeated_msrs_.push_back(msr_order_[i]);
  }
}

void CpuCollector::Assembly::Compare(const PlatformSnapshot& snapshot) {
  const auto add_different = [&](const auto& record, const std::string& name) {
    if (different_++ != 0 && record.line >= first_different_line_) return;
    first_different_line_ = record.line;
    first_different_ = name + " of CPU " + std::to_string(in_.cpus_[record.cpu].number);
  };
  for (const std::uint32_t i : repeated_msrs_) {
    const MsrRecord& record = in_.msrs_[i];
    if (record.is_sample) {
      ++samples_;
    } else if (snapshot.Msr(LogicalCpu{in_.cpus_[record.cpu].number}, record.address) !=
               record.reading) {
      add_different(record, import::Name(record.address));
    }
  }
  for (const std::uint32_t i : repeated_cpuid_) {
    const CpuidRecord& record = in_.cpuid_[i];
    if (snapshot.Cpuid(LogicalCpu{in_.cpus_[record.cpu].number}, record.leaf) != record.reading) {
      add_different(record, import::Name(record.leaf));
    }
  }
}

void CpuCollector::Assembly::AddNotes(const PlatformSnapshot& snapshot) {
  Compare(snapshot);
  auto& notes = in_.notes_;
  if (in_.subleaves_.guessed()) {
    notes.emplace_back(
        "a leaf that stands several times without a subleaf's number is numbered in the order of "
        "the file");
  }
  if (stale_ > 0) {
    notes.push_back(Count(stale_, "CPUID entry", "CPUID entries") +
                    " above the CPU's own highest leaf left out: leftovers");
  }
  if (samples_ > 0) {
    notes.push_back(Count(samples_, "repeated sample", "repeated samples") +
                    " left out: the first reading of each register is kept");
  }
  if (different_ > 0) {
    notes.push_back(
        Count(different_, "later reading", "later readings") +
        " with another value left out, the first " +
        (first_different_line_ == 0
             ? "of " + first_different_
             : "in line " + std::to_string(first_different_line_) + " (" + first_different_ + ")") +
        ": the first reading of each register is kept");
  }
  if (in_.unknown_.count > 0) {
    notes.push_back(Count(in_.unknown_.count, "register", "registers") +
                    " with an unknown name left out, the first in line " +
                    std::to_string(in_.unknown_.first_line) + " (" + in_.first_unknown_ + ")");
  }
  if (in_.unreadable_.count > 0) {
    notes.push_back(Count(in_.unreadable_.count, "line", "lines") +
                    " left out that should be readings and cannot be read, the first is line " +
                    std::to_string(in_.unreadable_.first_line));
  }
}

Imported CpuCollector::Assembly::Make() {
  RankCpus();
  cpuid_ends_.resize(numbers_.size());
  msr_ends_.resize(numbers_.size());
  cpuid_order_ = OrderByCpu(in_.cpuid_, ranks_, &cpuid_ends_);
  msr_order_ = OrderByCpu(in_.msrs_, ranks_, &msr_ends_);
  for (std::size_t rank = 0; rank < numbers_.size(); ++rank) AddCpu(rank);
  builder_.metadata() = std::move(in_.metadata_);
  PlatformSnapshot snapshot = builder_.Build();
  AddNotes(snapshot);
  return {std::move(snapshot), std::move(in_.notes_)};
}

void CpuCollector::Open(Kind kind, std::uint32_t number) {
  const std::uint64_t key = std::uint64_t{static_cast<std::uint8_t>(kind)} << 32 | number;
  const auto [found, added] = index_.try_emplace(key, static_cast<std::uint32_t>(cpus_.size()));
  if (added) cpus_.push_back({kind, number});
  current_ = found->second;
  subleaves_.Restart();
}

bool CpuCollector::OpenCpu(std::uint32_t number, Numbering numbering) {
  if (number > kMaxCpuNumber) return false;
  Open(numbering == Numbering::kFromZero ? Kind::kFromZero : Kind::kPerhapsFromOne, number);
  return true;
}

void CpuCollector::OpenUnnumberedCpu() {
  unnumbered_ = std::max(unnumbered_, std::uint32_t{1});
  Open(Kind::kUnnumbered, unnumbered_ - 1);
}

bool CpuCollector::OpenNextUnnumberedCpu() {
  if (unnumbered_ == kMaxCpus) return false;
  Open(Kind::kUnnumbered, unnumbered_++);
  return true;
}

void CpuCollector::OpenSomeCpu() { Open(Kind::kSome, 0); }

std::uint32_t CpuCollector::CurrentCpu() {
  if (!current_) OpenUnnumberedCpu();
  cpus_[*current_].has_readings = true;
  return *current_;
}

void CpuCollector::AddMsr(MsrAddress address, MsrReading reading, std::size_t line,
                          bool is_sample) {
  if (msrs_.size() + cpuid_.size() > kMostReadings) return;  // Build() refuses one too many
  msrs_.push_back({CurrentCpu(), static_cast<std::uint32_t>(line), address, is_sample, reading});
}

void CpuCollector::AddCpuid(CpuidLeaf leaf, CpuidReading reading, std::size_t line) {
  if (msrs_.size() + cpuid_.size() > kMostReadings) return;
  const std::uint32_t cpu = CurrentCpu();
  subleaves_.Follow(leaf);
  cpuid_.push_back({cpu, static_cast<std::uint32_t>(line), leaf, reading});
}

void CpuCollector::AddCpuid(const LeafLine& answer, std::size_t line) {
  const PartialCpuid reading{answer.registers};
  if (answer.subleaf) {
    AddCpuid({answer.leaf, *answer.subleaf}, reading, line);
    return;
  }
  if (msrs_.size() + cpuid_.size() > kMostReadings) return;
  const std::uint32_t cpu = CurrentCpu();
  cpuid_.push_back({cpu, static_cast<std::uint32_t>(line),
                    subleaves_.Number(answer.leaf, answer.registers), reading});
}

void CpuCollector::AddUnreadableLine(std::size_t line) { unreadable_.Add(line); }

void CpuCollector::AddUnknownRegister(std::string_view name, std::size_t line) {
  if (unknown_.count == 0) first_unknown_ = name;
  unknown_.Add(line);
}

void CpuCollector::CountFromZero() {
  std::uint32_t lowest = kMaxCpus;
  for (const Cpu& cpu : cpus_) {
    if (cpu.kind == Kind::kPerhapsFromOne) lowest = std::min(lowest, cpu.number);
  }
  if (lowest != 1) return;
  for (Cpu& cpu : cpus_) {
    if (cpu.kind == Kind::kPerhapsFromOne) --cpu.number;
  }
  notes_.emplace_back("the file counts its CPUs from 1: here from 0");
}

bool CpuCollector::NumberUnnumbered(std::vector<bool>* taken) {
  std::uint32_t free = 0;
  std::size_t count = 0;
  for (Cpu& cpu : cpus_) {
    if (cpu.kind != Kind::kUnnumbered || !cpu.has_readings) continue;
    while (free < kMaxCpus && (*taken)[free]) ++free;
    if (free == kMaxCpus) return false;
    cpu.number = free;
    (*taken)[free] = true;
    ++count;
  }
  if (count > 0) {
    metadata_.Set(meta::kCpuNumbers, kUnknownValue);
    notes_.emplace_back(count == 1
                            ? "the file does not say which CPU it is of: the number is not known"
                            : "the file does not number its CPUs: they stand in its order, and "
                              "their numbers are not known");
  }
  return true;
}

void CpuCollector::NumberSome(const std::vector<bool>& taken) {
  const auto some = std::find_if(cpus_.begin(), cpus_.end(), [](const Cpu& cpu) {
    return cpu.kind == Kind::kSome && cpu.has_readings;
  });
  if (some == cpus_.end()) return;
  const auto first = std::find(taken.begin(), taken.end(), true);
  some->number = static_cast<std::uint32_t>(first - taken.begin());
  if (std::find(std::next(first), taken.end(), true) == taken.end()) return;
  metadata_.Set(meta::kMsrCpu, kUnknownValue);
  notes_.push_back("the file does not say which CPU its MSRs are of: they stand on CPU " +
                   std::to_string(some->number));
}

bool CpuCollector::NumberCpus() {
  CountFromZero();
  const auto is_named = [](const Cpu& cpu) {
    return cpu.kind == Kind::kFromZero || cpu.kind == Kind::kPerhapsFromOne;
  };
  std::vector<bool> taken(kMaxCpus);
  bool has_other = false;
  for (const Cpu& cpu : cpus_) {
    if (is_named(cpu)) taken[cpu.number] = true;
    has_other |= cpu.kind != Kind::kSome && (is_named(cpu) || cpu.has_readings);
  }
  // One of the CPUs of a file that speaks of no CPU else is a CPU by itself.
  for (Cpu& cpu : cpus_) {
    if (cpu.kind == Kind::kSome && !has_other) cpu.kind = Kind::kUnnumbered;
  }
  if (!NumberUnnumbered(&taken)) return false;
  NumberSome(taken);
  return true;
}

tl::expected<Imported, Error> CpuCollector::Build(const File& file) && {
  if (!has_readings()) {
    return tl::unexpected(Error{file.name, 0, 0, "there is not one reading of a register in it"});
  }
  if (msrs_.size() + cpuid_.size() > kMostReadings) {
    const std::size_t line =
        std::max(msrs_.empty() ? 0 : msrs_.back().line, cpuid_.empty() ? 0 : cpuid_.back().line);
    return tl::unexpected(Error{file.name, line, line == 0 ? 0u : 1u, TooManyReadings()});
  }
  if (!NumberCpus()) {
    return tl::unexpected(Error{file.name, 0, 0,
                                "there are more CPUs in it than numbers for them (0 to " +
                                    std::to_string(kMaxCpuNumber) + ")"});
  }
  return Assembly(this).Make();
}

}  // namespace vtprobe::import
