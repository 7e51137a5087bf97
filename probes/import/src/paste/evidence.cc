#include "paste/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "cpu_collector.h"
#include "joined.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/dump_limits.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

// As many as a recording keeps of one speaker.
constexpr std::size_t kMostWords = 16;

std::string_view KeyOf(std::size_t speaker) {
  switch (static_cast<Speaker>(speaker)) {
    case Speaker::kKernel:
      return meta::kKernelLog;
    case Speaker::kFirmware:
      return meta::kFirmwareLog;
    case Speaker::kTool:
      return meta::kToolLog;
  }
  return meta::kToolLog;
}

}  // namespace

// What was gathered, put on its CPUs.
class Evidence::Assembly {
 public:
  explicit Assembly(Evidence* evidence) : in_(*evidence) {}

  Imported Make(Count* count);

 private:
  struct Msr {
    MsrReading reading;
    std::size_t line;
  };
  struct Leaf {
    PartialCpuid answer;
    std::size_t line;
  };
  struct Cpu {
    std::map<MsrAddress, Msr> msrs;
    std::map<CpuidLeaf, Leaf> cpuid;
  };

  void CountCpus();
  void ChooseSlots();
  void MarkNumbers();
  std::uint32_t Place(Whose cpu, const std::vector<std::uint32_t>& slots) const;
  const std::set<std::uint32_t>& FailedOf(std::uint32_t list) const;
  const std::vector<std::uint32_t>& SlotsOf(std::uint32_t list);
  std::set<std::uint32_t> ListsThatDiffer() const;
  void Put();
  void PutMsr(std::uint32_t cpu, const MsrRecord& record);
  void PutCpuid(std::uint32_t cpu, const CpuidRecord& record);
  void AddDifferent(std::string name, std::uint32_t cpu, std::size_t line, std::size_t before);
  void AddNotes();
  void AddPartNotes();
  void SetMetadata(Metadata* metadata);

  Evidence& in_;
  std::set<std::uint32_t> named_;
  bool has_one_ = false;
  std::map<MsrAddress, std::set<std::uint32_t>> failed_;  // of named CPUs
  std::map<std::uint32_t, MsrAddress> register_of_list_;
  std::vector<std::uint32_t> slots_;                           // the CPUs that there are, ascending
  std::map<MsrAddress, std::vector<std::uint32_t>> slots_of_;  // where some have failed
  std::map<std::uint32_t, Cpu> cpus_;
  bool numbers_unknown_ = false;
  std::size_t different_ = 0;
  std::string first_different_;
};

void Evidence::Assembly::CountCpus() {
  const auto add = [&](const auto& record) {
    if (record.cpu.kind() == Whose::Kind::kNumbered) named_.insert(record.cpu.number());
    has_one_ |= record.cpu.kind() == Whose::Kind::kOne;
  };
  for (const MsrRecord& record : in_.msrs_) {
    add(record);
    if (record.cpu.kind() == Whose::Kind::kNumbered && record.reading.known() == 0) {
      failed_[record.address].insert(record.cpu.number());
    }
    if (record.cpu.kind() == Whose::Kind::kListed) {
      register_of_list_.emplace(record.cpu.list(), record.address);
    }
  }
  for (const CpuidRecord& record : in_.cpuid_) add(record);
}

// The numbered CPUs and, where a list is of more, the lowest numbers that are
// free. Two lists are of the same CPUs.
void Evidence::Assembly::ChooseSlots() {
  std::size_t needed = has_one_ ? 1 : 0;
  for (std::uint32_t list = 0; list < in_.lists_.size(); ++list) {
    needed = std::max(needed, in_.lists_[list].size + FailedOf(list).size());
  }
  std::set<std::uint32_t> all = named_;
  for (std::uint32_t cpu = 0; all.size() < needed && cpu <= kMaxCpuNumber; ++cpu) all.insert(cpu);
  slots_.assign(all.begin(), all.end());
}

const std::set<std::uint32_t>& Evidence::Assembly::FailedOf(std::uint32_t list) const {
  static const std::set<std::uint32_t> kNone;
  const auto address = register_of_list_.find(list);
  if (address == register_of_list_.end()) return kNone;
  const auto failed = failed_.find(address->second);
  return failed == failed_.end() ? kNone : failed->second;
}

// A CPU that did not give the register is none of those that did.
const std::vector<std::uint32_t>& Evidence::Assembly::SlotsOf(std::uint32_t list) {
  const std::set<std::uint32_t>& failed = FailedOf(list);
  if (failed.empty()) return slots_;
  std::vector<std::uint32_t>& slots = slots_of_[register_of_list_.at(list)];
  if (slots.empty()) {
    std::set_difference(slots_.begin(), slots_.end(), failed.begin(), failed.end(),
                        std::back_inserter(slots));
  }
  return slots;
}

// Lists whose CPUs differ.
std::set<std::uint32_t> Evidence::Assembly::ListsThatDiffer() const {
  std::map<std::uint32_t, MsrReading> first;
  std::set<std::uint32_t> different;
  for (const MsrRecord& record : in_.msrs_) {
    if (record.cpu.kind() != Whose::Kind::kListed) continue;
    const auto [found, added] = first.try_emplace(record.cpu.list(), record.reading);
    if (!added && found->second != record.reading) different.insert(record.cpu.list());
  }
  return different;
}

void Evidence::Assembly::MarkNumbers() {
  // One CPU of which nothing gives the number.
  const bool is_nameless = has_one_ && !in_.has_stated_number_ && slots_.size() == 1;
  const std::set<std::uint32_t> different = ListsThatDiffer();
  numbers_unknown_ =
      is_nameless || in_.numbers_cores_ || slots_.size() > named_.size() || !different.empty();
  for (std::uint32_t list = 0; list < in_.lists_.size() && !numbers_unknown_; ++list) {
    // Where all hold the same it does not matter which is which.
    numbers_unknown_ = in_.lists_[list].size + FailedOf(list).size() < slots_.size();
  }
}

std::uint32_t Evidence::Assembly::Place(Whose cpu, const std::vector<std::uint32_t>& slots) const {
  switch (cpu.kind()) {
    case Whose::Kind::kNumbered:
      return cpu.number();
    case Whose::Kind::kOne:
      return named_.empty() ? slots_.front() : *named_.begin();
    case Whose::Kind::kListed:
      return slots[cpu.number()];
  }
  return 0;
}

void Evidence::Assembly::AddDifferent(std::string name, std::uint32_t cpu, std::size_t line,
                                      std::size_t before) {
  if (different_++ != 0) return;
  first_different_ = fmt::format("{} of CPU {} in line {}, after line {}", name, cpu, line, before);
}

void Evidence::Assembly::PutMsr(std::uint32_t cpu, const MsrRecord& record) {
  auto& msrs = cpus_[cpu].msrs;
  const auto [found, added] = msrs.try_emplace(record.address, Msr{record.reading, record.line});
  if (added) return;
  if (const auto joined = Joined(record.address, found->second.reading, record.reading)) {
    found->second.reading = *joined;
  } else {
    AddDifferent(fmt::format("MSR {:#x}", Number(record.address)), cpu, record.line,
                 found->second.line);
  }
}

void Evidence::Assembly::PutCpuid(std::uint32_t cpu, const CpuidRecord& record) {
  auto& leaves = cpus_[cpu].cpuid;
  const auto [found, added] = leaves.try_emplace(record.leaf, Leaf{record.answer, record.line});
  if (added) return;
  if (const auto joined = Joined(record.leaf, found->second.answer, record.answer)) {
    found->second.answer = **joined;
  } else {
    AddDifferent(fmt::format("CPUID {:#x}.{:#x}", record.leaf.leaf, record.leaf.subleaf), cpu,
                 record.line, found->second.line);
  }
}

void Evidence::Assembly::Put() {
  const auto place = [&](Whose cpu) {
    const bool is_listed = cpu.kind() == Whose::Kind::kListed;
    return Place(cpu, is_listed ? SlotsOf(cpu.list()) : slots_);
  };
  // In the order of the text: what stands first is kept. A command's numbers come
  // here when its output has ended, which others may have stood in.
  std::stable_sort(in_.msrs_.begin(), in_.msrs_.end(),
                   [](const MsrRecord& a, const MsrRecord& b) { return a.line < b.line; });
  for (const MsrRecord& record : in_.msrs_) PutMsr(place(record.cpu), record);
  for (const CpuidRecord& record : in_.cpuid_) PutCpuid(place(record.cpu), record);
}

void Evidence::Assembly::AddPartNotes() {
  std::set<std::pair<MsrAddress, std::uint64_t>> parts;
  for (const auto& [number, cpu] : cpus_) {
    for (const auto& [address, msr] : cpu.msrs) {
      if (msr.reading.IsPartial()) parts.emplace(address, msr.reading.known());
    }
  }
  for (const auto& [address, known] : parts) {
    const bool was_asked = in_.asked_in_part_.contains(address);
    in_.notes_.push_back(
        fmt::format("only bits {:#x} of MSR {:#x} are here: the rest is not known{}", known,
                    Number(address), was_asked ? " (run rdmsr without -f)" : ""));
  }
}

void Evidence::Assembly::AddNotes() {
  std::size_t largest = 0;
  std::size_t smallest = 0;
  std::size_t lists = 0;
  for (std::uint32_t list = 0; list < in_.lists_.size(); ++list) {
    const std::size_t size = in_.lists_[list].size;
    if (size == 0) continue;
    if (++lists == 1) largest = smallest = list;
    if (size > in_.lists_[largest].size) largest = list;
    if (size < in_.lists_[smallest].size) smallest = list;
  }
  if (lists > 0 && in_.lists_[largest].size != in_.lists_[smallest].size) {
    in_.notes_.push_back(fmt::format(
        "the lists of CPUs contradict each other: line {} begins one of {}, line {} one of {}; "
        "which CPUs the shorter one leaves out is not known",
        in_.lists_[largest].line, in_.lists_[largest].size, in_.lists_[smallest].line,
        in_.lists_[smallest].size));
  }
  if (in_.numbers_cores_) {
    in_.notes_.emplace_back(
        "the file numbers cores from 1, not logical CPUs: they stand under the cores' numbers");
  } else if (numbers_unknown_) {
    in_.notes_.emplace_back(
        slots_.size() == 1
            ? "the file does not say which CPU it is of: the number is not known"
            : "the file does not number its CPUs (rdmsr -a walks a directory that is in no order): "
              "they stand in its order, and their numbers are not known");
  } else if (has_one_ && slots_.size() > 1) {
    in_.notes_.push_back(fmt::format(
        "not all that it says is said of a CPU: the rest stands on CPU {}", *named_.begin()));
  }
  if (different_ > 0) {
    in_.notes_.push_back(fmt::format(
        "{} with another value left out, the first is {}: what stands first is kept. Before and "
        "after are two recordings: split the text there",
        different_ == 1 ? "1 later reading" : fmt::format("{} later readings", different_),
        first_different_));
  }
  if (in_.has_later_) {
    in_.notes_.push_back(fmt::format(
        "from line {} on stands a second recording, which is left out: split the text there to "
        "read it",
        in_.another_time_));
  }
}

void Evidence::Assembly::SetMetadata(Metadata* metadata) {
  for (const auto& [key, value] : in_.metadata_) {
    if (!Metadata::WhyInvalid(key, value)) metadata->Set(key, value);
  }
  if (numbers_unknown_) metadata->Set(meta::kCpuNumbers, kUnknownValue);
  for (std::size_t speaker = 0; speaker < in_.words_.size(); ++speaker) {
    const auto& words = in_.words_[speaker];
    if (words.empty()) continue;
    const std::string key(KeyOf(speaker));
    // A paste is what somebody picked.
    if (key == meta::kKernelLog) metadata->Set(key, "partial");
    for (std::size_t i = 0; i < words.size(); ++i) {
      metadata->Set(fmt::format("{}.{}", key, i + 1), words[i]);
    }
  }
}

Imported Evidence::Assembly::Make(Count* count) {
  CountCpus();
  ChooseSlots();
  MarkNumbers();
  Put();
  AddNotes();
  AddPartNotes();
  SnapshotBuilder builder;
  SetMetadata(&builder.metadata());
  std::set<std::pair<bool, std::uint64_t>> registers;
  for (const auto& [number, cpu] : cpus_) {
    // Each CPU and register stands once in the maps.
    static_cast<void>(builder.OpenBlock(CpuSet(LogicalCpu{number})));
    for (const auto& [leaf, known] : cpu.cpuid) {
      registers.emplace(true, std::uint64_t{leaf.leaf} << 32 | leaf.subleaf);
      static_cast<void>(builder.AddCpuid(leaf, known.answer));
    }
    for (const auto& [address, known] : cpu.msrs) {
      registers.emplace(false, Number(address));
      static_cast<void>(builder.AddMsr(address, known.reading));
    }
  }
  count->registers = registers.size();
  count->cpus = cpus_.size();
  for (const auto& words : in_.words_) count->words += words.size();
  return {builder.Build(), std::move(in_.notes_)};
}

std::uint32_t Evidence::NewList(std::size_t line) {
  lists_.push_back({line});
  return static_cast<std::uint32_t>(lists_.size() - 1);
}

bool Evidence::IsTaken(Whose cpu, std::size_t line) {
  if (another_time_ != 0 && line >= another_time_) {
    has_later_ = true;
    return false;
  }
  if (size() >= kMostReadings) {
    if (first_beyond_ == 0) first_beyond_ = line;
    return false;
  }
  if (cpu.kind() == Whose::Kind::kListed) {
    std::uint32_t& size = lists_[cpu.list()].size;
    size = std::max(size, cpu.number() + 1);
  }
  has_stated_number_ |= cpu.is_stated();
  return true;
}

void Evidence::AddMsr(Whose cpu, MsrAddress address, MsrReading reading, std::size_t line) {
  if (IsTaken(cpu, line)) msrs_.push_back({cpu, address, reading, line});
}

void Evidence::AddBits(Whose cpu, MsrAddress address, unsigned high, unsigned low,
                       std::uint64_t field, std::size_t line) {
  const std::uint64_t mask = (~std::uint64_t{0} >> (63 - high)) & (~std::uint64_t{0} << low);
  AddMsr(cpu, address, MsrReading::OfBits(field << low, mask), line);
}

void Evidence::AddAskedBits(Whose cpu, MsrAddress address, unsigned high, unsigned low,
                            std::uint64_t field, std::size_t line) {
  if (high != 63 || low != 0) asked_in_part_.insert(address);
  AddBits(cpu, address, high, low, field, line);
}

void Evidence::AddCpuid(Whose cpu, CpuidLeaf leaf, PartialCpuid answer, std::size_t line) {
  if (IsTaken(cpu, line)) cpuid_.push_back({cpu, leaf, answer, line});
}

void Evidence::AddWords(Speaker speaker, std::string_view words, std::size_t line) {
  if (!IsTaken(Whose::One(), line)) return;
  auto& all = words_[static_cast<std::size_t>(speaker)];
  has_said_ = true;
  if (all.size() < kMostWords && said_.emplace(words).second) all.emplace_back(words);
}

void Evidence::SetMeta(std::string_view key, std::string_view value) {
  if (another_time_ != 0 || value.empty()) return;
  const bool is_new = std::none_of(metadata_.begin(), metadata_.end(),
                                   [&](const auto& entry) { return entry.first == key; });
  if (is_new) metadata_.emplace_back(key, value);
}

void Evidence::StartAnotherTime(std::size_t line) {
  if (another_time_ == 0 && has_readings()) another_time_ = line;
}

Imported Evidence::Build(Count* count) && { return Assembly(this).Make(count); }

}  // namespace vtprobe::import
