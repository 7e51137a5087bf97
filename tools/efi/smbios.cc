#include "smbios.h"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace vtprobe::efi {
namespace {

using Bytes = std::span<const std::byte>;

// [dmtf/dsp0134] 7.1, 7.2, 7.3 and 7.46
enum class Type : std::uint8_t { kBios = 0, kSystem = 1, kBaseboard = 2, kEnd = 127 };

// One structure: the formatted part, whose first bytes are its type and length, and
// the strings behind it, each with its NUL. [dmtf/dsp0134] 6.1
struct Structure {
  Bytes formatted;
  std::string_view strings;

  Type type() const { return static_cast<Type>(formatted[0]); }
  // The string whose number, from 1, stands at that offset. [dmtf/dsp0134] 6.1.3
  std::string String(std::size_t offset) const {
    if (offset >= formatted.size()) return "";
    auto number = std::to_integer<unsigned>(formatted[offset]);
    if (number == 0) return "";
    std::string_view rest = strings;
    while (--number != 0) {
      const std::size_t end = rest.find('\0');
      if (end == std::string_view::npos) return "";
      rest.remove_prefix(end + 1);
    }
    return std::string(rest.substr(0, rest.find('\0')));
  }
};

// Takes the next one off the front; false where none is whole.
bool Take(Bytes* table, Structure* taken) {
  constexpr std::size_t kHeader = 4;
  if (table->size() < kHeader) return false;
  const auto length = std::to_integer<std::size_t>((*table)[1]);
  if (length < kHeader || length > table->size()) return false;
  taken->formatted = table->first(length);
  const Bytes behind = table->subspan(length);
  const std::string_view text(reinterpret_cast<const char*>(behind.data()), behind.size());
  // Two NULs end the strings, also where there are none.
  const std::size_t end = text.find(std::string_view("\0\0", 2));
  if (end == std::string_view::npos) return false;
  taken->strings = text.substr(0, end);
  *table = behind.subspan(end + 2);
  return true;
}

std::string Joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : std::string(a).append(" ").append(b);
}

// MM/DD/YYYY; another form is left as it is. [dmtf/dsp0134] 7.1
std::string IsoDate(const std::string& text) {
  if (text.size() != 10) return text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool slash = i == 2 || i == 5;
    if (slash ? text[i] != '/' : text[i] < '0' || text[i] > '9') return text;
  }
  return text.substr(6).append("-").append(text, 0, 2).append("-").append(text, 3, 2);
}

template <typename Number>
Number At(const void* memory, std::size_t offset) {
  Number number{};
  std::memcpy(&number, static_cast<const std::byte*>(memory) + offset, sizeof number);
  return number;
}

}  // namespace

Smbios ReadSmbios(std::span<const std::byte> table) {
  Smbios found;
  std::string system;
  Structure structure;
  while (Take(&table, &structure) && structure.type() != Type::kEnd) {
    switch (structure.type()) {
      case Type::kBios:
        found.vendor = structure.String(0x4);
        found.version = structure.String(0x5);
        found.date = IsoDate(structure.String(0x8));
        break;
      case Type::kSystem:
        system = Joined(structure.String(0x4), structure.String(0x5));
        break;
      case Type::kBaseboard:
        if (found.board.empty()) found.board = Joined(structure.String(0x4), structure.String(0x5));
        break;
      case Type::kEnd:
        break;
    }
  }
  if (found.board.empty()) found.board = system;
  return found;
}

// [dmtf/dsp0134] 5.2.1 and 5.2.2
std::span<const std::byte> SmbiosTable(const void* entry_point) {
  const auto begins = [&](std::string_view anchor) {
    return std::memcmp(entry_point, anchor.data(), anchor.size()) == 0;
  };
  std::uint64_t address = 0;
  std::size_t size = 0;
  if (begins("_SM3_")) {
    size = At<std::uint32_t>(entry_point, 0xc);
    address = At<std::uint64_t>(entry_point, 0x10);
  } else if (begins("_SM_")) {
    size = At<std::uint16_t>(entry_point, 0x16);
    address = At<std::uint32_t>(entry_point, 0x18);
  }
  if (address == 0) return {};
  return {reinterpret_cast<const std::byte*>(address), size};  // NOLINT: firmware's address
}

}  // namespace vtprobe::efi
