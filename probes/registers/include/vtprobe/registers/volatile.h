// Registers whose values change while nobody changes a setting: counters,
// temperatures, what the operating system keeps there. Two recordings of one
// machine differ in them and mean nothing by it.

#ifndef VTPROBE_REGISTERS_VOLATILE_H_
#define VTPROBE_REGISTERS_VOLATILE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::registers {

struct VolatileBits {
  std::string_view name;   // the register's, as in the manual
  std::uint64_t mask = 0;  // the bits that change
};

// Nothing for a register that stays as it was set.
std::optional<VolatileBits> FindVolatile(MsrAddress address);
std::optional<VolatileBits> FindVolatile(CpuidLeaf leaf, CpuidRegister output);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_VOLATILE_H_
