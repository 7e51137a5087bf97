#include "vtprobe/fleet/comparable.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "vtprobe/probes/evidence.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/registers/volatile.h"

namespace vtprobe::fleet {
namespace {

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
constexpr std::uint64_t kAddress = ~std::uint64_t{0xfff};  // of a page
constexpr std::uint64_t kOfCpuid = 0xffff'ffff;

constexpr std::array kByNature = {
#define VTPROBE_DIFFERS_MSR(first, last, mask, between, name, reason, spec) \
  ByNature{false, first, last, 0, mask, Between::between, name, reason, spec},
#define VTPROBE_DIFFERS_CPUID(leaf, subleaf, mask, between, name, reason, spec) \
  ByNature{true, leaf, leaf, subleaf, mask, Between::between, name, reason, spec},
#include "vtprobe/fleet/differs_by_nature.def"
#undef VTPROBE_DIFFERS_CPUID
#undef VTPROBE_DIFFERS_MSR
};

// What a rule leaves out between CPUs of one machine is no machine's mark either: a
// thread's place, what a system switches for itself. What the row says is one, is.
std::uint64_t LeftOutByRules(MsrAddress address) {
  std::uint64_t mask = 0;
  for (const Rule* const rule : AllRules()) {
    for (const LeftOut& left_out : rule->left_out) {
      if (left_out.msr->address == address && !left_out.marks_a_machine) mask |= left_out.mask;
    }
  }
  return mask;
}

std::uint64_t LeftOutByRules(CpuidLeaf leaf, CpuidRegister output) {
  std::uint64_t mask = 0;
  for (const Rule* const rule : AllRules()) {
    for (const LeftOutCpuid& left_out : rule->left_out_cpuid) {
      // What follows an MSR is a difference of the two machines as that is.
      if (left_out.marks_a_machine || left_out.follows != nullptr) continue;
      const bool is_of_leaf = left_out.first <= leaf.leaf && leaf.leaf <= left_out.last;
      if (is_of_leaf && (left_out.outputs & MaskOf(output)) != 0) mask |= left_out.mask;
    }
  }
  return mask;
}

ComparedBits LookUp(const RegisterId& reg) {
  std::uint64_t always = 0;
  if (reg.is_cpuid) {
    if (registers::Identifies(reg.leaf())) return {};
    always = LeftOutByRules(reg.leaf(), reg.output) | ~kOfCpuid;
    if (const auto bits = registers::FindVolatile(reg.leaf(), reg.output)) always |= bits->mask;
  } else {
    if (registers::Identifies(reg.msr())) return {};
    always = LeftOutByRules(reg.msr());
    if (const auto bits = registers::FindVolatile(reg.msr())) always |= bits->mask;
  }
  ComparedBits bits{~always, ~always};
  for (const ByNature& row : kByNature) {
    if (!row.Covers(reg)) continue;
    bits.of_machines &= ~row.mask;
    if (row.between == Between::kRecordings) bits.of_recordings &= ~row.mask;
  }
  return bits;
}

}  // namespace

const CpuidDef* FindCpuid(const RegisterId& reg) {
  for (const CpuidDef* const cpuid : registers::AllCpuid()) {
    if (cpuid->leaf == reg.leaf() && cpuid->output == reg.output) return cpuid;
  }
  return nullptr;
}

std::string NameOf(const RegisterId& reg) {
  if (!reg.is_cpuid) {
    const MsrDef* const msr = registers::FindMsr(reg.msr());
    return msr != nullptr ? std::string(msr->name) : "MSR " + AddressOf(reg);
  }
  const CpuidDef* const cpuid = FindCpuid(reg);
  if (cpuid != nullptr) return std::string(cpuid->name);
  constexpr std::array<std::string_view, 4> kOutputs = {"EAX", "EBX", "ECX", "EDX"};
  return fmt::format("CPUID.{}:{}", AddressOf(reg),
                     kOutputs.at(static_cast<std::size_t>(reg.output)));
}

std::string AddressOf(const RegisterId& reg) {
  return reg.is_cpuid ? AddressText(reg.leaf()) : AddressText(reg.msr());
}

std::span<const ByNature> AllByNature() { return kByNature; }

ComparedBits Comparable::BitsOf(const RegisterId& reg) {
  const auto found = known_.find(reg);
  if (found != known_.end()) return found->second;
  for (std::size_t i = 0; i < kByNature.size(); ++i) {
    if (kByNature[i].Covers(reg)) left_out_.insert(i);
  }
  return known_.emplace(reg, LookUp(reg)).first->second;
}

}  // namespace vtprobe::fleet
