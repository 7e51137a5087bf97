#include "import/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

std::string NameOf(MsrAddress address) { return fmt::format("MSR {:#x}", Number(address)); }
std::string NameOf(CpuidLeaf leaf) {
  return fmt::format("CPUID {:#x}.{:#x}", leaf.leaf, leaf.subleaf);
}

// Registers of which later readings said something else.
class Differences {
 public:
  template <typename Key>
  void Add(std::uint32_t cpu, Key key) {
    ++count_;
    if (count_ > kNamed) return;
    if (count_ > 1) names_ += ", ";
    names_ += fmt::format("CPU {} {}", cpu, NameOf(key));
  }

  std::vector<std::string> Notes() const {
    if (count_ == 0) return {};
    return {fmt::format("readings of one register differ; the first is kept: {}{}", names_,
                        count_ > kNamed ? fmt::format(" and {} more", count_ - kNamed) : "")};
  }

 private:
  static constexpr std::size_t kNamed = 5;
  std::size_t count_ = 0;
  std::string names_;
};

// Sorted by CPU and register, the first of each register only.
template <typename Entry>
void KeepFirst(std::vector<Entry>* entries, Differences* differences) {
  const auto before = [](const Entry& a, const Entry& b) {
    return std::tie(a.cpu, a.key) < std::tie(b.cpu, b.key);
  };
  if (!std::is_sorted(entries->begin(), entries->end(), before)) {
    std::stable_sort(entries->begin(), entries->end(), before);
  }
  std::size_t kept = 0;
  bool differs = false;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const Entry& entry = (*entries)[i];
    if (i > 0) {
      const Entry& first = (*entries)[kept];
      if (first.cpu == entry.cpu && first.key == entry.key) {
        if (!differs && first.reading != entry.reading) differences->Add(entry.cpu, entry.key);
        differs = differs || first.reading != entry.reading;
        continue;
      }
      ++kept;
      differs = false;
    }
    (*entries)[kept] = entry;
  }
  const std::size_t left = entries->empty() ? 0 : kept + 1;
  entries->erase(entries->begin() + static_cast<std::ptrdiff_t>(left), entries->end());
}

}  // namespace

void Readings::AddMsr(LogicalCpu cpu, MsrAddress address, MsrReading reading) {
  msrs_.push_back({Number(cpu), address, reading});
}

void Readings::AddCpuid(LogicalCpu cpu, CpuidLeaf leaf, CpuidReading reading) {
  cpuid_.push_back({Number(cpu), leaf, reading});
}

Imported Readings::Build() && {
  Differences differences;
  KeepFirst(&cpuid_, &differences);
  KeepFirst(&msrs_, &differences);
  for (const auto& entry : cpuid_) cpus_.push_back(entry.cpu);
  for (const auto& entry : msrs_) cpus_.push_back(entry.cpu);
  std::sort(cpus_.begin(), cpus_.end());
  cpus_.erase(std::unique(cpus_.begin(), cpus_.end()), cpus_.end());

  // Each CPU is opened once and each register added once, so the builder has
  // nothing to refuse.
  SnapshotBuilder builder;
  auto cpuid = cpuid_.begin();
  auto msr = msrs_.begin();
  for (const std::uint32_t cpu : cpus_) {
    static_cast<void>(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    for (; cpuid != cpuid_.end() && cpuid->cpu == cpu; ++cpuid) {
      static_cast<void>(builder.AddCpuid(cpuid->key, cpuid->reading));
    }
    for (; msr != msrs_.end() && msr->cpu == cpu; ++msr) {
      static_cast<void>(builder.AddMsr(msr->key, msr->reading));
    }
  }
  return {builder.Build(), differences.Notes()};
}

}  // namespace vtprobe::import
