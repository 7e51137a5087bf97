// A number that ends its line may go on in the next one, where a terminal broke it
// at its edge: the half of a value is another value.

#ifndef VTPROBE_PROBES_IMPORT_SRC_BROKEN_NUMBER_H_
#define VTPROBE_PROBES_IMPORT_SRC_BROKEN_NUMBER_H_

#include <cstddef>
#include <string_view>

namespace vtprobe::import {

// The hexadecimal digits of a number that ends the line; 0 if none does.
std::size_t HexDigitsAtEnd(std::string_view line);

// Those that begin the line and could be the rest of such a number: a word of
// nothing else.
std::size_t HexDigitsAtBeginning(std::string_view line);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_BROKEN_NUMBER_H_
