#include "vtprobe/registers/table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

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

constexpr bool FieldsAreNamed(const FieldList& fields) {
  for (const Field& field : fields) {
    if (field.name.empty()) return false;
    int same = 0;
    for (const Field& other : fields) same += other.name == field.name ? 1 : 0;
    if (same != 1) return false;
  }
  return true;
}

constexpr bool FieldsRise(const FieldList& fields) {
  unsigned next = 0;
  for (const Field& field : fields) {
    if (field.low < next || field.high < field.low) return false;
    next = field.high + 1u;
  }
  return true;
}

constexpr bool FieldsFit(const FieldList& fields, unsigned register_width) {
  return std::ranges::all_of(fields,
                             [=](const Field& field) { return field.high < register_width; });
}

// "[intel/sdm-vol4] table 2-2": a key in brackets and a place after it.
constexpr bool IsCitation(std::string_view spec) {
  const std::size_t close = spec.find(']');
  return spec.substr(0, 1) == "[" && close != std::string_view::npos && spec.size() > close + 2;
}

constexpr bool IsBefore(const MsrDef& a, const MsrDef& b) { return a.address < b.address; }

constexpr bool IsBefore(const CpuidDef& a, const CpuidDef& b) {
  return a.leaf < b.leaf || (a.leaf == b.leaf && a.output < b.output);
}

// Whether the row just above is the lesser one. No other is asked, so that a row
// in a wrong place is named once, by itself or by the one below it.
template <typename Def, std::size_t kCount>
constexpr bool FollowsTheRowAbove(const Def& row, const std::array<const Def*, kCount>& rows) {
  const auto* const at = std::find(rows.begin(), rows.end(), &row);
  return at == rows.begin() || IsBefore(**(at - 1), row);
}

constexpr char UpperCase(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// People type names in either case.
constexpr bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return UpperCase(x) == UpperCase(y); });
}

template <typename Def, std::size_t kCount>
constexpr bool HasANameOfItsOwn(const Def& row, const std::array<const Def*, kCount>& rows) {
  return std::none_of(rows.begin(), rows.end(), [&](const Def* other) {
    return other != &row && SameName(other->name, row.name);
  });
}

// A slip in a row is named by its constant.
#define VTPROBE_CHECK_ROW(file, constant, width, rows)                                   \
  static_assert(!constant.name.empty(), file ", " #constant ": no name");                \
  static_assert(HasANameOfItsOwn(constant, rows),                                        \
                file ", " #constant ": another row has its name");                       \
  static_assert(!constant.title.empty(), file ", " #constant ": no title");              \
  static_assert(IsCitation(constant.spec), file ", " #constant ": spec is no citation"); \
  static_assert(FieldsAreNamed(constant.fields),                                         \
                file ", " #constant ": a field without a name, or two of one name");     \
  static_assert(FieldsFit(constant.fields, width),                                       \
                file ", " #constant ": a field beyond the register's last bit");         \
  static_assert(FieldsRise(constant.fields),                                             \
                file ", " #constant ": fields that overlap, or not from the lowest up"); \
  static_assert(FollowsTheRowAbove(constant, rows),                                      \
                file ", " #constant ": belongs above the row before it, or is there twice");
// A scope that is not stated would be a thread's.
#define VTPROBE_MSR(constant, ...)                                                       \
  static_assert(std::string_view(#__VA_ARGS__).find(".scope") != std::string_view::npos, \
                "msr.def, " #constant ": no scope");                                     \
  VTPROBE_CHECK_ROW("msr.def", constant, 64, kMsrs)
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR
#define VTPROBE_CPUID(constant, ...) VTPROBE_CHECK_ROW("cpuid.def", constant, 32, kCpuid)
#include "vtprobe/registers/cpuid.def"
#undef VTPROBE_CPUID
#undef VTPROBE_CHECK_ROW

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
  const auto found =
      std::lower_bound(kMsrs.begin(), kMsrs.end(), address,
                       [](const MsrDef* msr, MsrAddress sought) { return msr->address < sought; });
  return found == kMsrs.end() || (*found)->address != address ? nullptr : *found;
}

const CpuidDef* FindCpuid(std::string_view name) {
  return FindIn(kCpuid, [&](const CpuidDef& cpuid) { return SameName(cpuid.name, name); });
}

Selection FeatureRegisters() {
  Selection selection;
  for (const CpuidDef* const cpuid : kCpuid) selection.Add(cpuid->leaf, MaskOf(cpuid->output));
  return selection;
}

Selection KnownRegisters(bool identifiers) {
  Selection selection;
  for (const CpuidDef* const cpuid : kCpuid) selection.Add(cpuid->leaf);
  for (const MsrDef* const msr : kMsrs) {
    if (identifiers || !msr->identifies) selection.Add(msr->address);
  }
  return selection;
}

}  // namespace vtprobe::registers
