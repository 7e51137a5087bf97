#include "vtprobe/registers/table.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::registers {
namespace {

constexpr std::array kMsrs = {
#define VTPROBE_MSR(constant, ...) &constant,
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR
};

constexpr std::array kCpuid = {
#define VTPROBE_CPUID(constant, ...) &constant,
#include "vtprobe/registers/cpuid.def"
#undef VTPROBE_CPUID
};

constexpr bool FieldsWellFormed(const FieldList& fields, unsigned register_width) {
  unsigned next = 0;
  for (const Field& field : fields) {
    if (field.name.empty() || field.low < next || field.high < field.low) return false;
    next = field.high + 1u;
  }
  return next <= register_width;
}

constexpr bool WellFormed(const MsrDef& msr) {
  return !msr.name.empty() && !msr.title.empty() && !msr.spec.empty() && msr.present != nullptr &&
         FieldsWellFormed(msr.fields, 64);
}

constexpr bool WellFormed(const CpuidDef& cpuid) {
  return !cpuid.name.empty() && !cpuid.title.empty() && !cpuid.spec.empty() &&
         FieldsWellFormed(cpuid.fields, 32);
}

constexpr bool Before(const MsrDef& a, const MsrDef& b) { return a.address < b.address; }

constexpr bool Before(const CpuidDef& a, const CpuidDef& b) {
  return a.leaf < b.leaf || (a.leaf == b.leaf && a.output < b.output);
}

template <typename Table>
constexpr bool TableWellFormed(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!WellFormed(*table[i])) return false;
    if (i > 0 && !Before(*table[i - 1], *table[i])) return false;
  }
  return true;
}

static_assert(TableWellFormed(kMsrs), "a row of msr.def is incomplete or out of order");
static_assert(TableWellFormed(kCpuid), "a row of cpuid.def is incomplete or out of order");

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

template <typename Table, typename Matches>
auto FindIn(const Table& table, Matches matches) -> typename Table::value_type {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto* def) { return matches(*def); });
  return found == table.end() ? nullptr : *found;
}

}  // namespace

std::span<const MsrDef* const> AllMsrs() { return kMsrs; }

std::span<const CpuidDef* const> AllCpuid() { return kCpuid; }

const MsrDef* FindMsr(std::string_view name) {
  return FindIn(kMsrs, [&](const MsrDef& msr) { return SameName(msr.name, name); });
}

const MsrDef* FindMsr(MsrAddress address) {
  return FindIn(kMsrs, [&](const MsrDef& msr) { return msr.address == address; });
}

const CpuidDef* FindCpuid(std::string_view name) {
  return FindIn(kCpuid, [&](const CpuidDef& cpuid) { return SameName(cpuid.name, name); });
}

Selection FeatureRegisters() {
  Selection selection;
  for (const CpuidDef* const cpuid : kCpuid) selection.Add(cpuid->leaf, MaskOf(cpuid->output));
  return selection;
}

}  // namespace vtprobe::registers
