// The order in which people expect names that hold numbers: files of a folder,
// machines of a rack, versions.

#ifndef VTPROBE_HAL_NATURAL_ORDER_H_
#define VTPROBE_HAL_NATURAL_ORDER_H_

#include <string_view>

namespace vtprobe {

// "pu2" before "pu10": numbers within the names count as numbers. Of names that
// differ, one is always before the other. Thread-safe: a pure function.
bool IsNaturallyBefore(std::string_view a, std::string_view b);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_NATURAL_ORDER_H_
