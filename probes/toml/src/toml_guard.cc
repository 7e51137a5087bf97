#include "vtprobe/probes/toml_guard.h"

#include <algorithm>

#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

bool IsBareKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// [toml] 1.0.0: outside of strings and comments there is nothing but ASCII.
bool IsOutside(char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r'; }

class Guard {
 public:
  explicit Guard(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  std::optional<TomlError> Check() {
    if (text_.size() > kLargestToml) {
      at_ = kLargestToml;
      return Expected("a text of at most " + std::to_string(kLargestToml) + " bytes");
    }
    bool is_line_start = true;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (!IsOutside(c)) return Expected("nothing but ASCII outside of strings and comments");
      std::optional<TomlError> error;
      if (c == '#') {
        error = Comment();
      } else if (c == '"' || c == '\'') {
        error = String();
      } else if (IsBareKeyCharacter(c)) {
        error = Word();
      } else if (c == '[' && is_line_start && open_.empty()) {
        error = Header();
      } else {
        error = Sign(c);
        ++at_;
      }
      if (error) return error;
      is_line_start = c == '\n' || (is_line_start && (c == ' ' || c == '\t'));
    }
    return std::nullopt;
  }

 private:
  TomlError ExpectedAt(std::size_t place, const std::string& what) const {
    const std::string_view before = text_.substr(0, place);
    const std::string_view in_line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
    const auto is_first_byte = [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    };
    const auto line = std::count(before.begin(), before.end(), '\n');
    const auto column = std::count_if(in_line.begin(), in_line.end(), is_first_byte);
    return {static_cast<std::uint32_t>(line) + 1, static_cast<std::uint32_t>(column) + 1,
            "expected " + what};
  }
  TomlError Expected(const std::string& what) const { return ExpectedAt(at_, what); }

  std::optional<TomlError> Sign(char c) {
    if (c == '.') {
      if (++dots_ < kMostTomlKeyParts) return std::nullopt;
      return Expected("a key of at most " + std::to_string(kMostTomlKeyParts) + " parts");
    }
    if (c == ' ' || c == '\t') return std::nullopt;
    dots_ = 0;
    if (c == '[' || c == '{') {
      open_ += c;
      if (open_.size() <= kDeepestToml) return std::nullopt;
      return Expected("at most " + std::to_string(kDeepestToml) + " brackets within each other");
    }
    // What is closed and never opened toml++ sees by itself; that of a header is.
    if ((c != ']' && c != '}') || open_.empty()) return std::nullopt;
    const char closing = open_.back() == '[' ? ']' : '}';
    if (c != closing) return Expected(std::string(1, closing) + " before " + c);
    open_.pop_back();
    return std::nullopt;
  }

  // [table] and [[array of tables]]: a key stands in the same line.
  std::optional<TomlError> Header() {
    dots_ = 0;
    at_ += text_.substr(at_).starts_with("[[") ? std::size_t{2} : std::size_t{1};
    at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size());
    if (at_ == text_.size() ||
        (!IsBareKeyCharacter(text_[at_]) && text_[at_] != '"' && text_[at_] != '\'')) {
      return Expected("a key behind the bracket");
    }
    return std::nullopt;
  }

  std::optional<TomlError> Word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsBareKeyCharacter(text_[at_])) ++at_;
    if (at_ - begin <= kLongestTomlWord) return std::nullopt;
    return ExpectedAt(begin, "a word of at most " + std::to_string(kLongestTomlWord) + " bytes");
  }

  // The character here, which may be one that a string or a comment has.
  std::optional<TomlError> Character() {
    const std::size_t length = PrintableLength(text_.substr(at_));
    if (length == 0 && text_[at_] != '\t' && text_[at_] != '\n' && text_[at_] != '\r') {
      return Expected("printable UTF-8 text");
    }
    at_ += std::max<std::size_t>(length, 1);
    return std::nullopt;
  }

  std::optional<TomlError> Comment() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (auto error = Character()) return error;
    }
    return std::nullopt;
  }

  // To its end, or to that of its line if it may have but one.
  std::optional<TomlError> String() {
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool is_long = text_.substr(at_).starts_with(three);
    const std::size_t length = is_long ? 3 : 1;
    at_ += length;
    while (at_ < text_.size()) {
      if (is_long ? text_.substr(at_).starts_with(three) : text_[at_] == quote) {
        at_ += length;
        return std::nullopt;
      }
      if (text_[at_] == '\n' && !is_long) return std::nullopt;  // toml++ says what is missing
      if (text_[at_] == '\\' && quote == '"') ++at_;
      if (at_ == text_.size()) return std::nullopt;
      if (auto error = Character()) return error;
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;      // brackets and braces, the innermost last
  std::size_t dots_ = 0;  // of the key or number that is being read
};

}  // namespace

std::optional<TomlError> WhyNoSafeToml(std::string_view text) { return Guard(text).Check(); }

}  // namespace vtprobe
