// The lines of a text that is not copied.
//
// These texts come out of mailing lists, terminals and Windows programs, so a
// line may end with CR LF and begin with blanks or with the ">" of a reply.
// They are also long: nothing here allocates.

#ifndef VTPROBE_PROBES_IMPORT_SRC_TEXT_LINES_H_
#define VTPROBE_PROBES_IMPORT_SRC_TEXT_LINES_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "characters.h"

namespace vtprobe::import {

// Windows programs begin UTF-8 with one.
inline constexpr std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

// The lines of a text, one after the other.
class TextLines {
 public:
  // Skips a UTF-8 byte order mark.
  explicit TextLines(std::string_view text) : rest_(WithoutByteOrderMark(text)) {}

  // Goes to the next line; false at the end.
  bool Next() {
    if (rest_.empty()) return false;
    const void* const end = std::memchr(rest_.data(), '\n', rest_.size());
    if (end == nullptr) {
      line_ = rest_;
      rest_ = {};
    } else {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - rest_.data());
      line_ = rest_.substr(0, length);
      rest_.remove_prefix(length + 1);
    }
    ++number_;
    return true;
  }

  // Without blanks, tabs and CR at its end, and without these and ">" at its
  // start.
  std::string_view line() const {
    constexpr std::string_view kBefore = " \t\r>";
    std::string_view line = line_;
    line.remove_prefix(std::min(line.find_first_not_of(kBefore), line.size()));
    return WithoutBlanksAtEnd(line);
  }
  // 1-based.
  std::size_t number() const { return number_; }
  // The 1-based column, in bytes, of a part of the current line.
  std::size_t ColumnOf(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - line_.data()) + 1;
  }

 private:
  std::string_view rest_;
  std::string_view line_;
  std::size_t number_ = 0;
};

// libcpuid's test files hold a recording, such a line, and then what the library
// should make of it.
inline constexpr bool IsLineOfDashes(std::string_view line) {
  constexpr std::size_t kLength = 70;
  return line.size() >= kLength && line.find_first_not_of('-') == std::string_view::npos;
}

// As much of a file as is looked at to recognise its format: what tells a
// format stands early, and every format looks at every file.
inline constexpr std::string_view Head(std::string_view content) {
  constexpr std::size_t kLength = std::size_t{256} * 1024;
  return content.substr(0, kLength);
}

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_TEXT_LINES_H_
