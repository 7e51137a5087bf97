#include "register_argument.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "vtprobe/hal/numbers.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

std::optional<NamedRegister> FindByName(std::string_view name) {
  if (const MsrDef* const msr = registers::FindMsr(name)) return msr->address;
  if (const CpuidDef* const cpuid = registers::FindCpuid(name)) return cpuid;
  return std::nullopt;
}

tl::unexpected<Failure> UnknownRegister(std::string_view name) {
  std::vector<std::string_view> names;
  for (const MsrDef* const msr : registers::AllMsrs()) names.push_back(msr->name);
  for (const CpuidDef* const cpuid : registers::AllCpuid()) names.push_back(cpuid->name);
  return Fails(kUsageError,
               fmt::format("there is no register {}; the nearest are {}", Printable(name),
                           Enumerate(Nearest(name, std::move(names)))));
}

tl::unexpected<Failure> UnknownField(const RegisterInfo& info, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Field& field : info.fields) names.push_back(field.name);
  if (names.empty()) {
    return Fails(kUsageError,
                 fmt::format("{} has no named fields; --bits HI:LO takes any bits", info.Title()));
  }
  return Fails(kUsageError,
               fmt::format("{} has no field {}; the nearest are {}", info.Title(), Printable(name),
                           Enumerate(Nearest(name, std::move(names)))));
}

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && EditDistance(a, b) == 0;
}

std::optional<std::uint8_t> ParseBitNumber(std::string_view text, std::uint8_t highest) {
  const auto number = ParseDigits<std::uint8_t>(text, 10);
  return number && *number <= highest ? number : std::nullopt;
}

}  // namespace

RegisterInfo InfoOf(const NamedRegister& reg) {
  if (const auto* const cpuid = std::get_if<const CpuidDef*>(&reg)) return InfoOf(**cpuid);
  return InfoOf(std::get<MsrAddress>(reg));
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  const auto number = ParsePrefixedHex<std::uint64_t>(text);
  return number ? number : ParseDigits<std::uint64_t>(text, 10);
}

OrFailure<NamedRegister> ParseRegister(std::string_view text) {
  if (const auto found = FindByName(text)) return *found;
  if (text.empty() || text[0] < '0' || text[0] > '9') return UnknownRegister(text);
  const auto address = ParseNumber(text);
  if (!address || *address > std::numeric_limits<std::uint32_t>::max()) {
    return Fails(kUsageError, fmt::format("{}: expected a register's name, or an address of at "
                                          "most 32 bits such as 0x3a",
                                          Printable(text)));
  }
  return MsrAddress{static_cast<std::uint32_t>(*address)};
}

OrFailure<RegisterField> ParseRegisterField(std::string_view text) {
  if (const auto found = FindByName(text)) return RegisterField{*found, std::nullopt};
  const std::size_t dot = text.rfind('.');
  // The dot of a CPUID register's name separates no field.
  const std::string_view before = text.substr(0, std::min(dot, text.size()));
  if (dot == std::string_view::npos || SameName(before, "CPUID")) {
    return ParseRegister(text).map([](NamedRegister reg) {
      return RegisterField{reg, std::nullopt};
    });
  }
  const auto reg = ParseRegister(before);
  if (!reg) return tl::unexpected(reg.error());
  const RegisterInfo info = InfoOf(*reg);
  const std::string_view name = text.substr(dot + 1);
  for (const Field& field : info.fields) {
    if (SameName(field.name, name)) return RegisterField{*reg, field};
  }
  return UnknownField(info, name);
}

OrFailure<Field> ParseBits(std::string_view text, const RegisterInfo& info) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto high = ParseBitNumber(text.substr(0, colon), info.highest_bit());
  const auto low =
      colon == text.size() ? high : ParseBitNumber(text.substr(colon + 1), info.highest_bit());
  if (!high || !low || *high < *low) {
    return Fails(kUsageError, fmt::format("--bits {}: expected HI:LO, with {} >= HI >= LO",
                                          Printable(text), info.highest_bit()));
  }
  return Bits({}, *high, *low);
}

tl::unexpected<Failure> NoDefinition(MsrAddress address) {
  const auto distance = [&](const MsrDef* msr) {
    return std::max(Number(msr->address), Number(address)) -
           std::min(Number(msr->address), Number(address));
  };
  const auto all = registers::AllMsrs();
  const MsrDef* const nearest = *std::min_element(
      all.begin(), all.end(),
      [&](const MsrDef* a, const MsrDef* b) { return distance(a) < distance(b); });
  return Fails(kUsageError, fmt::format("nothing is known of MSR {:#x}; the nearest that is known "
                                        "is {} ({:#x})",
                                        Number(address), nearest->name, Number(nearest->address)));
}

}  // namespace vtprobe
