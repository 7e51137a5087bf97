// A place in a dump's text that moves over it word by word and knows its line
// and column. It never copies what it reads.

#ifndef VTPROBE_HAL_SRC_DUMP_CURSOR_H_
#define VTPROBE_HAL_SRC_DUMP_CURSOR_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "vtprobe/hal/dump.h"

namespace vtprobe {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEndOfText() const { return at_ == text_.size(); }

  // True at a comment, at the end of the line or of the text.
  bool AtEndOfLine() {
    SkipBlanks();
    return AtEndOfText() || text_[at_] == '#' || text_[at_] == '\n' || AtCarriageReturn();
  }

  // Moves over the rest of the line, which must be a comment or nothing.
  void NextLine() {
    if (!AtEndOfText() && text_[at_] == '\n') {
      ++at_;
    } else {
      const std::size_t end = text_.find('\n', at_);
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }
    line_start_ = at_;
    ++line_;
  }

  // The next word of the line; empty at its end.
  std::string_view Word() {
    SkipBlanks();
    const std::size_t start = at_;
    while (at_ < text_.size() && !IsSeparator(text_[at_])) ++at_;
    word_start_ = start;
    return text_.substr(start, at_ - start);
  }

  // Everything up to the line's end or a comment, without the blanks around.
  std::string_view RestOfLine() {
    SkipBlanks();
    const std::size_t start = at_;
    std::size_t last = start;
    while (!AtEndOfLine()) {
      ++at_;
      while (at_ < text_.size() && !IsSeparator(text_[at_])) ++at_;
      last = at_;
    }
    word_start_ = start;
    return text_.substr(start, last - start);
  }

  // Of the current line, from 1 on.
  std::size_t line() const { return line_; }
  std::size_t offset() const { return at_; }

  // Where the word read last stands, for an error found later in its line.
  std::size_t word_start() const { return word_start_; }

  DumpError ErrorAt(std::size_t place, std::string message) const {
    return {line_, place - line_start_ + 1, std::move(message)};
  }
  // An error at the word read last, `offset` bytes into it.
  DumpError ErrorAtWord(std::string message, std::size_t offset = 0) const {
    return ErrorAt(word_start_ + offset, std::move(message));
  }

 private:
  static constexpr std::array<bool, 256> kSeparators = [] {
    std::array<bool, 256> separators{};
    for (const char c : {' ', '\n', '\t', '\r', '#'}) {
      separators[static_cast<unsigned char>(c)] = true;
    }
    return separators;
  }();

  static bool IsSeparator(char c) { return kSeparators[static_cast<unsigned char>(c)]; }

  // A carriage return belongs to the line's end, as other systems write it.
  bool AtCarriageReturn() const {
    return text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
  }

  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t word_start_ = 0;
  std::size_t line_ = 1;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_DUMP_CURSOR_H_
