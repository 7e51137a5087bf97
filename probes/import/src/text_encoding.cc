#include "text_encoding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

enum class ByteOrder : std::uint8_t { kLittle, kBig };

std::optional<ByteOrder> Utf16Order(std::string_view content) {
  if (content.starts_with("\xff\xfe")) return ByteOrder::kLittle;
  if (content.starts_with("\xfe\xff")) return ByteOrder::kBig;
  return std::nullopt;
}

bool HasLineEndsOfCrAlone(std::string_view content) {
  return content.find('\n') == std::string_view::npos &&
         content.find('\r') != std::string_view::npos;
}

// The code units of a text, one after the other. An odd byte at the end is none.
class Utf16Units {
 public:
  Utf16Units(std::string_view content, ByteOrder order) : rest_(content), order_(order) {}

  bool AtEnd() const { return rest_.size() < 2; }
  std::uint32_t Peek() const {
    const std::uint32_t first = static_cast<unsigned char>(rest_[0]);
    const std::uint32_t second = static_cast<unsigned char>(rest_[1]);
    return order_ == ByteOrder::kLittle ? second << 8 | first : first << 8 | second;
  }
  std::uint32_t Take() {
    const std::uint32_t unit = Peek();
    rest_.remove_prefix(2);
    return unit;
  }

 private:
  std::string_view rest_;
  ByteOrder order_;
};

bool IsHighSurrogate(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

std::uint32_t TakeCharacter(Utf16Units* units) {
  const std::uint32_t unit = units->Take();
  if (IsLowSurrogate(unit)) return kReplacement;
  if (!IsHighSurrogate(unit)) return unit;
  if (units->AtEnd() || !IsLowSurrogate(units->Peek())) return kReplacement;
  return 0x1'0000 + ((unit & 0x3ff) << 10 | (units->Take() & 0x3ff));
}

void AppendUtf8(std::uint32_t character, std::string* text) {
  const auto append = [&](std::uint32_t byte) { text->push_back(static_cast<char>(byte)); };
  const auto append_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6) append(0x80 | (character >> shift & 0x3f));
  };
  if (character < 0x80) {
    append(character);
  } else if (character < 0x800) {
    append(0xc0 | character >> 6);
    append_rest(0);
  } else if (character < 0x1'0000) {
    append(0xe0 | character >> 12);
    append_rest(6);
  } else {
    append(0xf0 | character >> 18);
    append_rest(12);
  }
}

std::string Utf8FromUtf16(std::string_view content, ByteOrder order) {
  std::string text;
  text.reserve(content.size() / 2);
  for (Utf16Units units(content, order); !units.AtEnd();) {
    AppendUtf8(TakeCharacter(&units), &text);
  }
  return text;
}

}  // namespace

bool HasUnusualEncoding(std::string_view content) {
  return Utf16Order(content).has_value() || HasLineEndsOfCrAlone(content);
}

std::string WithUsualEncoding(std::string content) {
  if (const auto order = Utf16Order(content)) content = Utf8FromUtf16(content, *order);
  if (HasLineEndsOfCrAlone(content)) std::replace(content.begin(), content.end(), '\r', '\n');
  return content;
}

}  // namespace vtprobe::import
