#include "import/line_reader.h"

#include <algorithm>
#include <utility>

namespace vtprobe::import {
namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

std::string_view WithoutByteOrderMark(std::string_view text) {
  static constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool LineReader::Next() {
  if (rest_.empty()) return false;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  ++number_;
  word_ = cursor_ = 0;
  return true;
}

std::string_view LineReader::Word() {
  word_ = std::min(line_.find_first_not_of(kBlanks, cursor_), line_.size());
  cursor_ = std::min(line_.find_first_of(kBlanks, word_), line_.size());
  return line_.substr(word_, cursor_ - word_);
}

Error LineReader::ErrorHere(const File& file, std::string message) const {
  return {file.name, number_, word_ + 1, std::move(message)};
}

}  // namespace vtprobe::import
