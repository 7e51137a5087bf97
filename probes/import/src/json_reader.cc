#include "json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace vtprobe::import {
namespace {

using Json = nlohmann::json;

// Recordings nest four or five deep.
constexpr std::size_t kDeepest = 32;

// The parser tells its events no place, but what it has read so far is known:
// every iterator over the text leaves its position in one shared spot.
class TracingIterator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that the standard asks for.
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  // NOLINTEND(readability-identifier-naming)

  TracingIterator(const char* at, const char** trace) : at_(at), trace_(trace) {}

  reference operator*() const { return *at_; }
  TracingIterator& operator++() {
    *trace_ = ++at_;
    return *this;
  }
  TracingIterator operator++(int) {
    TracingIterator before = *this;
    ++*this;
    return before;
  }
  // != follows from it; not every standard library's callers ask for both.
  bool operator==(const TracingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** trace_;
};

Error ErrorAt(const File& file, std::size_t offset, std::string message) {
  const std::string_view before = file.content.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  return {file.name, line, before.size() - line_start + 1, std::move(message)};
}

// Where the string begins whose closing quote stands before `end`.
std::size_t StartOfString(std::string_view text, std::size_t end) {
  // The quotes before the closing one; each backslash is looked at once.
  for (std::size_t at = end - 1; at > 0;) {
    const std::size_t quote = text.rfind('"', at - 1);
    if (quote == std::string_view::npos) break;
    at = text.substr(0, quote).find_last_not_of('\\') + 1;  // npos + 1 is 0
    if ((quote - at) % 2 == 0) return quote;
  }
  return 0;
}

bool IsPartOfWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' ||
         c == '.';
}

// Where the number, truth value or null begins that ends before `end`. That a
// number has ended shows only at the character after it.
std::size_t StartOfWord(std::string_view text, std::size_t end) {
  if (end > 0 && !IsPartOfWord(text[end - 1])) --end;
  while (end > 0 && IsPartOfWord(text[end - 1])) --end;
  return end;
}

// The library's message without its own place and number, and not as long as
// the string that it stumbles on may be.
std::string Shortened(std::string_view what) {
  constexpr std::size_t kLongest = 200;
  const std::size_t colon = what.find(": ");
  if (what.starts_with('[') && colon != std::string_view::npos) what.remove_prefix(colon + 2);
  if (what.size() <= kLongest) return std::string(what);
  return std::string(what.substr(0, kLongest)) + " ...";
}

class Events final : public nlohmann::json_sax<Json> {
 public:
  Events(const File& file, JsonVisitor* visitor)
      : file_(file), visitor_(visitor), read_(file.content.data()) {}

  std::optional<Error> Run() {
    const char* const begin = file_.content.data();
    const char* const end = begin + file_.content.size();
    Json::sax_parse(TracingIterator(begin, &read_), TracingIterator(end, &read_), this);
    return std::move(error_);
  }

  bool null() override { return Value(std::nullopt); }
  bool boolean(bool) override { return Value(std::nullopt); }
  bool number_integer(number_integer_t) override { return Value(std::nullopt); }
  bool number_unsigned(number_unsigned_t) override { return Value(std::nullopt); }
  bool number_float(number_float_t, const string_t&) override { return Value(std::nullopt); }
  bool string(string_t& text) override { return Value(text); }
  bool binary(binary_t&) override { return Value(std::nullopt); }

  bool start_object(std::size_t) override { return Enter(false); }
  bool end_object() override { return Leave(); }
  bool start_array(std::size_t) override { return Enter(true); }
  bool end_array() override { return Leave(); }
  bool key(string_t& text) override {
    path_.back() = std::move(text);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    error_ = ErrorAt(file_, position == 0 ? 0 : position - 1,
                     "not well-formed JSON: " + Shortened(exception.what()));
    return false;
  }

 private:
  // The path names a container's content only while inside of it, so that the
  // container itself is entered and left under one name.
  bool Enter(bool is_array) {
    if (path_.size() == kDeepest) {
      return Heed(fmt::format("expected at most {} levels of nesting", kDeepest), Read() - 1);
    }
    if (!Heed(visitor_->OnEnter(path_), Read() - 1)) return false;
    path_.emplace_back(is_array ? kJsonElement : "");
    return true;
  }

  bool Leave() {
    path_.pop_back();
    return Heed(visitor_->OnLeave(path_), Read() - 1);
  }

  bool Value(std::optional<std::string_view> text) {
    const Objection objection = visitor_->OnValue(path_, text);
    if (!objection) return true;
    return Heed(objection,
                text ? StartOfString(file_.content, Read()) : StartOfWord(file_.content, Read()));
  }

  bool Heed(const Objection& objection, std::size_t offset) {
    if (objection) error_ = ErrorAt(file_, offset, *objection);
    return !objection;
  }

  std::size_t Read() const { return static_cast<std::size_t>(read_ - file_.content.data()); }

  const File& file_;
  JsonVisitor* visitor_;
  const char* read_;
  JsonPath path_;
  std::optional<Error> error_;
};

}  // namespace

std::optional<Error> ReadJson(const File& file, JsonVisitor* visitor) {
  return Events(file, visitor).Run();
}

}  // namespace vtprobe::import
