// MSRs by the names that a program prints, in a table of that program.

#ifndef VTPROBE_PROBES_IMPORT_SRC_REGISTER_NAMES_H_
#define VTPROBE_PROBES_IMPORT_SRC_REGISTER_NAMES_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "vtprobe/hal/types.h"

namespace vtprobe::import {

struct RegisterName {
  std::string_view name;
  std::uint32_t address;
};

template <typename Table>
constexpr bool AreAscending(const Table& table) {
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (!(table[i - 1].name < table[i].name)) return false;
  }
  return true;
}

// The table is ascending by name.
template <typename Table>
std::optional<MsrAddress> FindRegister(const Table& table, std::string_view name) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const RegisterName& row, std::string_view n) { return row.name < n; });
  if (found == table.end() || found->name != name) return std::nullopt;
  return MsrAddress{found->address};
}

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_REGISTER_NAMES_H_
