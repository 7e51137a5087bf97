#include "linux/plain_text.h"

#include <cstddef>

#include "vtprobe/hal/utf8.h"

namespace vtprobe {

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = PrintableLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<std::string_view> TakeLine(std::string_view* rest) {
  if (rest->empty()) return std::nullopt;
  const std::size_t end = rest->find('\n');
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return line;
}

std::string_view Trimmed(std::string_view text) {
  static constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace vtprobe
