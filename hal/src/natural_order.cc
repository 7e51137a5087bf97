#include "vtprobe/hal/natural_order.h"

#include <algorithm>
#include <cstddef>

namespace vtprobe {
namespace {

bool IsDecimalDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the text's start, of which leading zeros don't count.
std::string_view TakeNumber(std::string_view* text) {
  const auto* const end = std::find_if_not(text->begin(), text->end(), IsDecimalDigit);
  std::string_view number = text->substr(0, static_cast<std::size_t>(end - text->begin()));
  text->remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

}  // namespace

bool IsNaturallyBefore(std::string_view a, std::string_view b) {
  std::string_view left = a;
  std::string_view right = b;
  while (!left.empty() && !right.empty()) {
    if (IsDecimalDigit(left.front()) && IsDecimalDigit(right.front())) {
      const std::string_view m = TakeNumber(&left);
      const std::string_view n = TakeNumber(&right);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
      continue;
    }
    if (left.front() != right.front()) return left.front() < right.front();
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  if (left.empty() != right.empty()) return left.empty();
  return a < b;  // only leading zeros differ
}

}  // namespace vtprobe
