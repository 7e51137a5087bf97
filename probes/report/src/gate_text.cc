#include "gate_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

struct Maker {
  std::string_view name;
  std::string_view vendor;  // the twelve characters of leaf 0
};
constexpr std::array<Maker, 5> kMakers = {{{"Intel", "GenuineIntel"},
                                           {"Centaur", "CentaurHauls"},
                                           {"Zhaoxin", "  Shanghai  "},
                                           {"AMD", "AuthenticAMD"},
                                           {"Hygon", "HygonGenuine"}}};

// One flag, or number, that a gate may look at.
struct Flag {
  std::string name{};  // "CPUID.01H:ECX.VMX"
  bool is_msr = false;
  CpuidLeaf leaf{};
  CpuidRegister output = CpuidRegister::kEax;
  MsrAddress address{};
  std::uint64_t mask = 0;
};

std::vector<Flag> AllFlags() {
  std::vector<Flag> flags;
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    for (const Field& field : cpuid->fields) {
      // That a leaf is announced goes without saying.
      if (field.name == "MAX_LEAF") continue;
      flags.push_back({.name = fmt::format("{}.{}", cpuid->name, field.name),
                       .leaf = cpuid->leaf,
                       .output = cpuid->output,
                       .mask = field.mask()});
    }
  }
  for (const MsrDef* const msr : registers::AllMsrs()) {
    for (const Field& field : msr->fields) {
      flags.push_back({.name = fmt::format("{}.{}", msr->name, field.name),
                       .is_msr = true,
                       .address = msr->address,
                       .mask = field.mask()});
    }
  }
  return flags;
}

// A CPU of a maker and a model that has everything, but for some flags; no
// guest. It remembers what it was asked for.
class ImaginedCpu final : public RegisterView {
 public:
  ImaginedCpu(std::string_view vendor, std::uint32_t signature)
      : vendor_(vendor), signature_(signature) {
    constexpr std::uint32_t kHypervisor = std::uint32_t{1} << 31;
    Clear({.leaf = {0x1}, .output = CpuidRegister::kEcx, .mask = kHypervisor});
  }

  void Clear(const Flag& flag) {
    if (flag.is_msr) {
      cleared_msrs_[flag.address] |= flag.mask;
    } else {
      cleared_cpuid_[{flag.leaf, flag.output}] |= static_cast<std::uint32_t>(flag.mask);
    }
  }
  bool WasAskedFor(const Flag& flag) const {
    return flag.is_msr ? asked_msrs_.contains(flag.address) : asked_leaves_.contains(flag.leaf);
  }

  MsrReading Msr(MsrAddress address) const override {
    asked_msrs_.insert(address);
    const auto cleared = cleared_msrs_.find(address);
    return ~(cleared == cleared_msrs_.end() ? 0 : cleared->second);
  }

  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    if (leaf == CpuidLeaf{0x0}) {
      return PartialCpuid{{0x40, Letters(0), Letters(8), Letters(4)}};
    }
    asked_leaves_.insert(leaf);
    CpuidRegisters answer{Output(leaf, CpuidRegister::kEax), Output(leaf, CpuidRegister::kEbx),
                          Output(leaf, CpuidRegister::kEcx), Output(leaf, CpuidRegister::kEdx)};
    if (leaf == CpuidLeaf{0x1}) answer.eax = signature_;
    return PartialCpuid{answer};
  }

 private:
  std::uint32_t Output(CpuidLeaf leaf, CpuidRegister output) const {
    const auto cleared = cleared_cpuid_.find({leaf, output});
    return ~(cleared == cleared_cpuid_.end() ? 0 : cleared->second);
  }
  std::uint32_t Letters(std::size_t from) const {
    std::uint32_t letters = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      letters |= std::uint32_t{static_cast<unsigned char>(vendor_[from + i])} << 8 * i;
    }
    return letters;
  }

  std::string_view vendor_;
  std::uint32_t signature_;
  std::map<std::pair<CpuidLeaf, CpuidRegister>, std::uint32_t> cleared_cpuid_;
  std::map<MsrAddress, std::uint64_t> cleared_msrs_;
  mutable std::set<CpuidLeaf> asked_leaves_;
  mutable std::set<MsrAddress> asked_msrs_;
};

bool Has(const MsrDef& msr, const ImaginedCpu& cpu) {
  return msr.present(cpu) == Presence::kPresent;
}

// Leaf 1's EAX of each model of family 6, which Intel counts by models, and of
// one model of each other family there is.
std::vector<std::uint32_t> Signatures() {
  std::vector<std::uint32_t> signatures;
  for (std::uint32_t model = 0; model < 0x100; ++model) {
    signatures.push_back((model >> 4) << 16 | 0x600 | (model & 0xf) << 4);
  }
  for (std::uint32_t extended = 0; extended < 0x10; ++extended) {
    signatures.push_back(extended << 20 | 0xf00);
  }
  return signatures;
}

// The models on which a maker's CPUs have the register.
std::vector<std::uint32_t> Models(const MsrDef& msr, std::string_view vendor,
                                  const std::vector<std::uint32_t>& signatures) {
  std::vector<std::uint32_t> models;
  for (const std::uint32_t signature : signatures) {
    if (Has(msr, ImaginedCpu(vendor, signature))) models.push_back(signature);
  }
  return models;
}

using Flags = std::vector<const Flag*>;

// What a gate depends on: flags without any of which the register is not there,
// and the others that it asked for.
struct Dependence {
  Flags needed;
  Flags others;
};

Dependence Split(const MsrDef& msr, const ImaginedCpu& whole, const Flags& asked) {
  Dependence dependence;
  for (const Flag* const flag : asked) {
    ImaginedCpu without = whole;
    without.Clear(*flag);
    (Has(msr, without) ? dependence.others : dependence.needed).push_back(flag);
  }
  return dependence;
}

ImaginedCpu Without(ImaginedCpu cpu, const Flags& flags, const Flag* kept) {
  for (const Flag* const flag : flags) {
    if (flag != kept) cpu.Clear(*flag);
  }
  return cpu;
}

// A gate may not ask for the second of two flags where it finds the first.
Dependence DependenceOf(const MsrDef& msr, const ImaginedCpu& whole,
                        const std::vector<Flag>& flags) {
  ImaginedCpu asking = whole;
  Flags asked;
  while (true) {
    Has(msr, asking);
    const std::size_t before = asked.size();
    asked.clear();
    for (const Flag& flag : flags) {
      if (asking.WasAskedFor(flag)) asked.push_back(&flag);
    }
    Dependence dependence = Split(msr, whole, asked);
    if (asked.size() == before) return dependence;
    asking = Without(asking, dependence.others, nullptr);
  }
}

std::string FlagsText(const MsrDef& msr, std::string_view vendor, std::uint32_t signature) {
  const ImaginedCpu whole(vendor, signature);
  const std::vector<Flag> flags = AllFlags();
  const auto [needed, others] = DependenceOf(msr, whole, flags);
  std::vector<std::string_view> parts;
  for (const Flag* const flag : needed) parts.push_back(flag->name);
  std::vector<std::string_view> alternatives;
  if (!Has(msr, Without(whole, others, nullptr))) {
    for (const Flag* const flag : others) {
      if (Has(msr, Without(whole, others, flag))) alternatives.push_back(flag->name);
    }
  }
  std::string text = fmt::format("{}", fmt::join(parts, " and "));
  if (!alternatives.empty()) {
    if (!text.empty()) text += " and ";
    text += fmt::format("one of {}", fmt::join(alternatives, ", "));
  }
  return text;
}

}  // namespace

std::string GateText(const MsrDef& msr) {
  const std::vector<std::uint32_t> signatures = Signatures();
  std::vector<std::string_view> makers;
  std::optional<std::pair<std::string_view, std::vector<std::uint32_t>>> example;
  for (const auto& [name, vendor] : kMakers) {
    std::vector<std::uint32_t> models = Models(msr, vendor, signatures);
    if (models.empty()) continue;
    makers.push_back(name);
    if (!example) example.emplace(vendor, std::move(models));
  }
  if (!example) return "no CPU that is known";
  std::string text = makers.size() == kMakers.size() ? "every vendor that is known"
                                                     : fmt::format("{}", fmt::join(makers, ", "));
  if (example->second.size() != signatures.size()) text += "; some families and models only";
  const std::string flags = FlagsText(msr, example->first, example->second.front());
  if (!flags.empty()) text += "; " + flags;
  return text;
}

}  // namespace vtprobe
