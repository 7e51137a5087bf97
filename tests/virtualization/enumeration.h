// Every combination of the values that some of a CPU's facts may have, stated
// as a list of dimensions in place of nested loops.

#ifndef VTPROBE_TESTS_VIRTUALIZATION_ENUMERATION_H_
#define VTPROBE_TESTS_VIRTUALIZATION_ENUMERATION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

#include "virtualization/cases.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/register_view.h"

namespace vtprobe::cases {

// Each function sets a fact to one of its values.
using Dimension = std::vector<std::function<void(Cpu*)>>;

template <typename T>
Dimension Each(T Cpu::*fact, const std::vector<T>& values) {
  Dimension dimension;
  for (const T value : values) {
    dimension.emplace_back([fact, value](Cpu* cpu) { cpu->*fact = value; });
  }
  return dimension;
}

inline Dimension Both(bool Cpu::*fact) { return Each<bool>(fact, {false, true}); }

inline Dimension BothOrUnread(std::optional<bool> Cpu::*fact) {
  return Each<std::optional<bool>>(fact, {false, true, std::nullopt});
}

// Visits the product of the dimensions; each fact that is in none is as in a
// default Cpu.
template <typename Visit>
void ForEveryCpu(const std::vector<Dimension>& dimensions, Visit visit) {
  Cpu cpu;
  const std::function<void(std::size_t)> vary = [&](std::size_t depth) {
    if (depth == dimensions.size()) return visit(cpu);
    for (const auto& set : dimensions[depth]) {
      set(&cpu);
      vary(depth + 1);
    }
  };
  vary(0);
}

// Each of the systems that a hypervisor's leaves tell of, and none.
inline Dimension HostedSystems() {
  std::vector<const Hosted*> systems = {nullptr};
  for (const Hosted& hosted : kHostedSystems) systems.push_back(&hosted);
  return Each<const Hosted*>(&Cpu::hosted, systems);
}

// Every subset of the bits, as values of a register.
inline std::vector<std::uint64_t> Subsets(std::initializer_list<unsigned> bits) {
  std::vector<std::uint64_t> values = {0};
  for (const unsigned bit : bits) {
    const std::size_t without = values.size();
    for (std::size_t i = 0; i < without; ++i) values.push_back(values[i] | std::uint64_t{1} << bit);
  }
  return values;
}

// The switch at each of the values, and each way in which it can give none.
inline Dimension Readings(const std::vector<std::uint64_t>& values) {
  std::vector<std::optional<MsrReading>> readings = {std::nullopt};
  for (const AccessCode code : kAllAccessCodes) {
    readings.emplace_back(MsrReading(tl::unexpected(code)));
  }
  for (const std::uint64_t value : values) readings.emplace_back(MsrReading(value));
  return Each(&Cpu::reading, readings);
}

}  // namespace vtprobe::cases

#endif  // VTPROBE_TESTS_VIRTUALIZATION_ENUMERATION_H_
