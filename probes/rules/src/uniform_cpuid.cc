// What CPUID says is the same on all CPUs that are meant to be the same, but for
// what is a thread's own. One that lacks an instruction was left out by whoever
// loads microcode or sets features, and software that asked another CPU dies on it.
// All leaves that were recorded are compared, known by name or not.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "alike_cpus.h"
#include "rows_by_kind.h"
#include "rules.h"
#include "uniformity.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::rules {
namespace {

using registers::kFeatureControl;
using registers::kHwcr;
using registers::kMiscEnable;
using registers::kTsxCtrl;

constexpr CpuidRegisterMask kEax = MaskOf(CpuidRegister::kEax);
constexpr CpuidRegisterMask kEbx = MaskOf(CpuidRegister::kEbx);
constexpr CpuidRegisterMask kEcx = MaskOf(CpuidRegister::kEcx);
constexpr CpuidRegisterMask kEdx = MaskOf(CpuidRegister::kEdx);

constexpr std::string_view kTopology = "it tells where the thread is";
constexpr std::string_view kSystems = "it follows what the system switched on";
constexpr std::string_view kIntel = "[intel/sdm-vol2] CPUID";
constexpr std::string_view kAmd = "[amd/apm-vol3] appendix E";

constexpr std::uint32_t Bit32(unsigned bit) { return std::uint32_t{1} << bit; }

constexpr LeftOutCpuid kLeftOut[] = {
    {0x1, 0x1, kEbx, 0xff00'0000, kTopology, kIntel},
    {0x1, 0x1, kEcx, Bit32(27), kSystems, kIntel},
    {0x1, 0x1, kEcx, Bit32(5), "virtualization.uniform judges it", kIntel, nullptr, 0, true},
    {0x2, 0x2, kAllCpuidRegisters, ~0u,
     "a core whose hyper-threading is off has another share of the TLBs", kIntel},
    {0x3, 0x3, kAllCpuidRegisters, ~0u, "it is a serial number", kIntel},
    {0x6, 0x6, kEax, Bit32(1), "an operating system switches turbo for single CPUs",
     "[linux] drivers/cpufreq/acpi-cpufreq.c (boost_set_msr)"},
    {0x6, 0x6, kEdx, 0xffff'0000, "it is the CPU's row in the hardware feedback table", kIntel},
    {0x7, 0x7, kEcx, Bit32(4), kSystems, kIntel},
    {0xb, 0xb, static_cast<CpuidRegisterMask>(kEbx | kEdx), ~0u, kTopology, kIntel},
    {0xd, 0xd, kEbx, ~0u, kSystems, kIntel},
    {0x16, 0x16, static_cast<CpuidRegisterMask>(kEax | kEbx), ~0u,
     "each core may have frequencies of its own", kIntel},
    {0x19, 0x19, kEbx, Bit32(0), kSystems, kIntel},
    {0x1f, 0x1f, static_cast<CpuidRegisterMask>(kEbx | kEdx), ~0u, kTopology, kIntel},
    {0x4000'0000, 0x4fff'ffff, kAllCpuidRegisters, ~0u, "it is a hypervisor's", kIntel},
    {0x8000'0001, 0x8000'0001, kEcx, Bit32(2), "virtualization.uniform judges it", kAmd, nullptr, 0,
     true},
    {0x8000'0006, 0x8000'0006, kEdx, 0xfffc'0000, "one die of several may have more cache (L3)",
     kAmd},
    {0x8000'0007, 0x8000'0007, kEdx, Bit32(9), "an operating system switches boost for single CPUs",
     "[linux] drivers/cpufreq/acpi-cpufreq.c (boost_set_msr)"},
    {0x8000'000a, 0x8000'000a, kAllCpuidRegisters, ~0u, "uniform.svm_features judges it", kAmd,
     nullptr, 0, true},
    {0x8000'001d, 0x8000'001d, kEcx, ~0u, "one die of several may have more cache (L3)", kAmd},
    {0x8000'001e, 0x8000'001e, kEax, ~0u, kTopology, kAmd},
    {0x8000'001e, 0x8000'001e, static_cast<CpuidRegisterMask>(kEbx | kEcx), 0xff, kTopology, kAmd},
    {0x8000'0026, 0x8000'0026, kEbx, 0xffff, kTopology, kAmd},
    {0x8000'0026, 0x8000'0026, kEdx, ~0u, kTopology, kAmd},
    {0xc000'0002, 0xc000'0004, kAllCpuidRegisters, ~0u, "they are temperatures and clocks",
     "[linux] drivers/hwmon/via-cputemp.c"},
    // What a switch hides, whose own rule says on which CPUs it is off.
    {0x0, 0x0, kEax, ~0u, "uniform.ia32_misc_enable or the rule of that bit judges it", kIntel,
     &kMiscEnable, kMiscEnable["LIMIT_CPUID_MAXVAL"].mask()},
    {0x1, 0x1, kEcx, Bit32(3) | Bit32(7), "uniform.ia32_misc_enable judges the switch", kIntel,
     &kMiscEnable, kMiscEnable["MONITOR_FSM"].mask() | kMiscEnable["EIST"].mask()},
    {0x1, 0x1, kEcx, Bit32(3), "uniform.hwcr judges the switch", kAmd, &kHwcr,
     kHwcr["MONMWAITDIS"].mask()},
    {0xa, 0xa, kAllCpuidRegisters, ~0u, "uniform.ia32_misc_enable judges the switch", kIntel,
     &kMiscEnable, kMiscEnable["PERFORMANCE_MONITORING"].mask()},
    {0x8000'0001, 0x8000'0001, kEdx, Bit32(20),
     "intel.misc_enable.execute_disable judges the switch", kIntel, &kMiscEnable,
     kMiscEnable["XD_BIT_DISABLE"].mask()},
    {0x7, 0x7, kEbx, Bit32(4) | Bit32(11), "the system switches it", kIntel, &kTsxCtrl,
     kTsxCtrl["TSX_CPUID_CLEAR"].mask()},
    {0x7, 0x7, static_cast<CpuidRegisterMask>(kEbx | kEcx), Bit32(2) | Bit32(30),
     "intel.sgx.enabled judges the switch", kIntel, &kFeatureControl,
     kFeatureControl["SGX"].mask() | kFeatureControl["SGX_LAUNCH_CONTROL"].mask()},
    {0x12, 0x12, kAllCpuidRegisters, ~0u, "intel.sgx.enabled judges the switch", kIntel,
     &kFeatureControl,
     kFeatureControl["SGX"].mask() | kFeatureControl["SGX_LAUNCH_CONTROL"].mask()}};

constexpr std::array kOutputs = {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx,
                                 CpuidRegister::kEdx};

// By output.
using Words = std::array<std::uint32_t, kOutputs.size()>;

// Whether some of the CPUs have a bit of the MSR set and others clear.
bool DiffersIn(const PlatformSnapshot& snapshot, const MsrDef& msr, std::uint64_t mask) {
  std::optional<std::uint64_t> first;
  for (const auto& [cpus, reading] : snapshot.Values(msr.address)) {
    if (!reading.Knows(mask)) continue;
    const std::uint64_t bits = reading.known_bits() & mask;
    if (first && *first != bits) return true;
    first = bits;
  }
  return false;
}

// What is left out of this machine.
std::vector<LeftOutCpuid> LeftOutOf(const Rule& rule, const PlatformSnapshot& snapshot) {
  std::vector<LeftOutCpuid> left_out;
  for (const LeftOutCpuid& one : rule.left_out_cpuid) {
    if (one.follows == nullptr || DiffersIn(snapshot, *one.follows, one.switches)) {
      left_out.push_back(one);
    }
  }
  return left_out;
}

Words ComparedBits(CpuidLeaf leaf, const std::vector<LeftOutCpuid>& left_out) {
  Words bits{~0u, ~0u, ~0u, ~0u};
  for (const LeftOutCpuid& one : left_out) {
    if (leaf.leaf < one.first || leaf.leaf > one.last) continue;
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
      if ((one.outputs & MaskOf(kOutputs[i])) != 0) bits[i] &= ~one.mask;
    }
  }
  return bits;
}

// CPUs that are compared with each other: of one core type and signature. On a
// hybrid processor of Intel those that share the last cache are told from those
// that do not (the low-power cores, with the same leaf 1AH); on one of AMD leaf
// 80000026H tells the types of cores.
using Key = std::tuple<std::optional<Twins>, bool, std::uint32_t>;

class Sorts {
 public:
  explicit Sorts(const RuleInput& input) {
    const PlatformSnapshot& snapshot = input.snapshot;
    CpuGathering sharing;
    for (const auto& [cpus, reading] : snapshot.Values(CpuidLeaf{0x4, 3})) {
      if (OutputOf(reading, CpuidRegister::kEax).value_or(0) % 32 != 0) sharing.Add(cpus);
    }
    const CpuSet shares_cache = sharing.Together();
    std::map<std::uint32_t, CpuGathering> of_type;
    for (const auto& [cpus, reading] : snapshot.Values(CpuidLeaf{0x8000'0026, 0})) {
      const bool is_hybrid = (OutputOf(reading, CpuidRegister::kEax).value_or(0) >> 30 & 1) != 0;
      const auto ebx = OutputOf(reading, CpuidRegister::kEbx);
      if (is_hybrid && ebx) of_type[*ebx >> 28].Add(cpus);
    }
    for (const auto& [type, cpus] : of_type) types_.emplace_back(type, cpus.Together());
    numbers_.resize(Number(snapshot.online().Last()) + 1);
    for (const SnapshotRow& kind : input.kinds()) {
      const auto twins = OfOneSignature(kind);
      if (!twins || twins->core_type == 0) {
        Add(twins, false, kind.cpus());
        continue;
      }
      Add(twins, true, kind.cpus().Intersection(shares_cache));
      Add(twins, false, kind.cpus().Difference(shares_cache));
    }
  }

  std::size_t count() const { return keys_.size(); }
  // Of an online CPU.
  std::size_t NumberOf(LogicalCpu cpu) const { return numbers_[Number(cpu)]; }

 private:
  void Add(const std::optional<Twins>& twins, bool shares, const CpuSet& cpus) {
    CpuSet rest = cpus;
    for (const auto& [type, of_type] : types_) {
      const CpuSet some = rest.Intersection(of_type);
      if (some.empty()) continue;
      Enter({twins, shares, type + 1}, some);
      rest = rest.Difference(some);
    }
    if (!rest.empty()) Enter({twins, shares, 0}, rest);
  }
  void Enter(const Key& key, const CpuSet& cpus) {
    const std::size_t number = keys_.try_emplace(key, keys_.size()).first->second;
    for (const LogicalCpu cpu : cpus.ToVector()) numbers_[Number(cpu)] = number;
  }

  std::vector<std::pair<std::uint32_t, CpuSet>> types_;
  std::map<Key, std::size_t> keys_;
  std::vector<std::size_t> numbers_;
};

// An output, or the part of it that differs.
struct Part {
  std::string name;
  unsigned low = 0;
};

Part PartOf(CpuidLeaf leaf, CpuidRegister output, std::uint32_t bits) {
  constexpr std::array<std::string_view, kOutputs.size()> kNames = {"EAX", "EBX", "ECX", "EDX"};
  for (const CpuidDef* const known : registers::AllCpuid()) {
    if (known->leaf != leaf || known->output != output) continue;
    for (const Field& field : known->fields) {
      if (field.mask() == bits) return {fmt::format("{}.{}", known->name, field.name), field.low};
    }
  }
  const std::string number = leaf.subleaf == 0
                                 ? fmt::format("{:02X}H", leaf.leaf)
                                 : fmt::format("({:02X}H,{:X})", leaf.leaf, leaf.subleaf);
  const std::string_view name = kNames.at(static_cast<std::size_t>(output));
  return {fmt::format("CPUID.{}:{} in bits {:#x}", number, name, bits), 0};
}

// By value of one output.
using ByValue = std::map<std::uint32_t, CpuGathering>;

// More differences, and more values, than these are counted.
constexpr std::size_t kMaxNamed = 8;

class Comparison {
 public:
  explicit Comparison(const Rule& rule) : findings_(rule) {}

  // One output of CPUs that are meant to be the same.
  void Compare(CpuidLeaf leaf, CpuidRegister output, const ByValue& by_value) {
    std::uint32_t bits = 0;
    std::vector<CpuSet> camps;
    for (const auto& [value, cpus] : by_value) {
      bits |= value ^ by_value.begin()->first;
      camps.push_back(cpus.Together());
    }
    if (++count_ <= kMaxNamed) {
      const Part part = PartOf(leaf, output, bits);
      message_ += fmt::format("{}{} differs:", message_.empty() ? "" : "; ", part.name);
      std::size_t place = 0;
      for (const auto& [value, cpus] : by_value) {
        if (place == kMaxNamed) break;
        message_ += fmt::format("{} {:#x} on {}", place == 0 ? "" : ",", (value & bits) >> part.low,
                                camps[place].ToString());
        ++place;
      }
      if (camps.size() > kMaxNamed) {
        message_ += fmt::format(", {} more values", camps.size() - kMaxNamed);
      }
    }
    odd_.Add(OutsideLargest(camps));
  }

  void AddUnread(const CpuSet& cpus, CpuidLeaf leaf, AccessCode code) {
    if (leaf.subleaf != 0) return;  // what its leaf says of it
    findings_.AddUnread(cpus, NotRead(fmt::format("CPUID.{:02X}H", leaf.leaf), code), code,
                        std::vector<Evidence>());
  }

  std::vector<Finding> Take(const Rule& rule, const CpuSet& read, const CpuSet& unread) {
    std::vector<Finding> judged;
    if (!odd_.empty()) {
      if (count_ > kMaxNamed) message_ += fmt::format("; {} more differ", count_ - kMaxNamed);
      Finding& finding =
          judged.emplace_back(MakeFinding(rule, Outcome::kFail, odd_.Together(), message_ + '.'));
      finding.remedy = rule.remedy;
    } else if (read.Count() > 1) {
      judged.push_back(MakeFinding(rule, Outcome::kPass, read,
                                   "What is recorded of CPUID is the same on all CPUs of one core "
                                   "type and signature."));
    }
    if (!unread.empty()) {
      findings_.AddUnread(unread, "Nothing of CPUID is recorded of these CPUs.",
                          AccessCode::kNotRecorded, std::vector<Evidence>());
    } else if (judged.empty()) {
      findings_.AddUnread(read, "CPUID of one CPU alone is recorded.", AccessCode::kNotRecorded,
                          std::vector<Evidence>());
    }
    return findings_.empty() ? std::move(judged) : Joined(std::move(judged), &findings_);
  }

 private:
  Findings findings_;
  CpuGathering odd_;
  std::size_t count_ = 0;
  std::string message_;
};

// The CPUs of each sort by what they gave for one output.
using BySort = std::map<std::pair<std::size_t, std::uint32_t>, CpuGathering>;

void Enter(const CpuSet& cpus, std::uint32_t value, const Sorts& sorts, BySort* by_sort) {
  if (sorts.count() == 1) {
    (*by_sort)[{0, value}].Add(cpus);
    return;
  }
  for (const LogicalCpu cpu : cpus.ToVector()) {
    (*by_sort)[{sorts.NumberOf(cpu), value}].Add(CpuSet::Range{Number(cpu), Number(cpu)});
  }
}

void CompareOutput(CpuidLeaf leaf, CpuidRegister output, BySort by_sort, Comparison* comparison) {
  while (!by_sort.empty()) {
    const std::size_t sort = by_sort.begin()->first.first;
    ByValue by_value;
    while (!by_sort.empty() && by_sort.begin()->first.first == sort) {
      const auto first = by_sort.begin();
      by_value.emplace(first->first.second, std::move(first->second));
      by_sort.erase(first);
    }
    if (by_value.size() > 1) comparison->Compare(leaf, output, by_value);
  }
}

void CompareLeaf(CpuidLeaf leaf, const Words& bits, const PlatformSnapshot& snapshot,
                 const Sorts& sorts, Comparison* comparison, CpuGathering* read) {
  const auto values = snapshot.ReadingsOf(leaf, snapshot.online());
  std::array<BySort, kOutputs.size()> by_sort;
  for (const auto& [cpus, reading] : values) {
    if (!reading) {
      if (reading.error() != AccessCode::kNotRecorded) {
        comparison->AddUnread(cpus, leaf, reading.error());
      }
      continue;
    }
    read->Add(cpus);
    if (values.size() == 1) return;  // all gave the same
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
      if (bits[i] == 0 || !reading->Has(kOutputs[i])) continue;
      Enter(cpus, reading->Get(kOutputs[i]) & bits[i], sorts, &by_sort[i]);
    }
  }
  for (std::size_t i = 0; i < kOutputs.size(); ++i) {
    CompareOutput(leaf, kOutputs[i], std::move(by_sort[i]), comparison);
  }
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  if (online.empty()) return Findings(rule).Take();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  if (input.rows().AnyIsGuest()) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online,
                        "This is a guest: its hypervisor says what CPUID tells.")};
  }
  const std::vector<LeftOutCpuid> left_out = LeftOutOf(rule, input.snapshot);
  const Sorts sorts(input);
  Comparison comparison(rule);
  CpuGathering read;
  for (const auto& [leaf, mask] : input.snapshot.Everything().cpuid) {
    const Words bits = ComparedBits(leaf, left_out);
    if (bits == Words{}) continue;
    CompareLeaf(leaf, bits, input.snapshot, sorts, &comparison, &read);
  }
  const CpuSet all_read = read.Together();
  return comparison.Take(rule, all_read, online.Difference(all_read));
}

}  // namespace

const Rule kUniformCpuid{
    .id = "uniform.cpuid",
    .title = "CPUID is the same on all CPUs of one core type and signature",
    .spec = "[intel/sdm-vol2] CPUID, [amd/apm-vol3] appendix E",
    .severity = Severity::kHigh,
    .remedy =
        "Load the same microcode on every CPU and update the firmware; if it stays, give the "
        "vendor a recording (vtprobe record).",
    .also = {&kMiscEnable, &kFeatureControl, &kHwcr, &kTsxCtrl},
    .left_out_cpuid = kLeftOut,
    .reads =
        [](Selection* selection) {
          selection->Add(registers::FeatureRegisters());
          selection->Add(CpuidLeaf{0x4, 3});
          selection->Add(CpuidLeaf{0x8000'0026});
        },
    .judge = Judge};

}  // namespace vtprobe::rules
