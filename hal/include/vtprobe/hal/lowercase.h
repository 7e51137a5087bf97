// Text compared whatever its capitals: what kernels, firmware and programs write.

#ifndef VTPROBE_HAL_LOWERCASE_H_
#define VTPROBE_HAL_LOWERCASE_H_

#include <string>
#include <string_view>

namespace vtprobe {

// The text with a to z for A to Z, whatever the locale; any other byte stays.
inline std::string Lowercase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LOWERCASE_H_
