// The parser of format 1. It is strict: a recording is evidence, and a line
// that is not understood is an error and not a comment.

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "dump/cursor.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

constexpr std::string_view kMagic = "vtprobe-dump";
constexpr std::string_view kVersion = "1";

template <typename T>
using Parsed = tl::expected<T, DumpError>;

// What a person wrote, short enough for an error message and safe to print.
std::string Quote(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string quoted = "\"";
  for (std::string_view rest = text; !rest.empty() && quoted.size() <= kLongest;) {
    const std::size_t length = PrintableLength(rest);
    quoted += length == 0 ? std::string_view("?") : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return quoted + (quoted.size() > kLongest ? "...\"" : "\"");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsKey(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

class Parser {
 public:
  explicit Parser(std::string_view text) : cursor_(text) {}

  Parsed<PlatformSnapshot> Parse() {
    if (auto error = Header()) return tl::unexpected(*std::move(error));
    while (!cursor_.AtEndOfText()) {
      if (auto error = Line()) return tl::unexpected(*std::move(error));
    }
    return builder_.Build();
  }

 private:
  using Error = std::optional<DumpError>;

  Error Header() {
    if (cursor_.Word() != kMagic) {
      return cursor_.ErrorAtWord("expected the first line \"vtprobe-dump 1\"");
    }
    const std::string_view version = cursor_.Word();
    if (version != kVersion) {
      return cursor_.ErrorAtWord("expected version 1, the one this vtprobe reads, found " +
                                 Quote(version));
    }
    return EndOfLine();
  }

  Error Line() {
    if (cursor_.AtEndOfLine()) {
      cursor_.NextLine();
      return std::nullopt;
    }
    const std::string_view keyword = cursor_.Word();
    Error error;
    if (keyword == "msr") {
      error = MsrLine();
    } else if (keyword == "cpuid") {
      error = CpuidLine();
    } else if (keyword == "cpu") {
      error = CpuLine();
    } else if (keyword == "meta") {
      error = MetaLine();
    } else {
      return cursor_.ErrorAtWord("expected meta, cpu, cpuid or msr, found " + Quote(keyword));
    }
    return error ? error : EndOfLine();
  }

  Error EndOfLine() {
    if (!cursor_.AtEndOfLine()) {
      const std::string_view extra = cursor_.Word();
      return cursor_.ErrorAtWord("expected the end of the line, found " + Quote(extra));
    }
    cursor_.NextLine();
    return std::nullopt;
  }

  Error MetaLine() {
    const std::string_view key = cursor_.Word();
    if (!IsKey(key)) {
      return cursor_.ErrorAtWord("expected a key of letters, digits, '.', '_' and '-'");
    }
    if (in_block_) return cursor_.ErrorAtWord("meta lines stand before the first cpu line");
    if (builder_.metadata().Get(key)) {
      return cursor_.ErrorAtWord("the key " + Quote(key) + " stands here a second time");
    }
    if (Error error = Expect("=")) return error;
    const std::string_view value = cursor_.RestOfLine();
    if (value.empty()) return cursor_.ErrorAtWord("expected a value");
    for (std::size_t i = 0; i < value.size();) {
      const std::size_t length = PrintableLength(value.substr(i));
      // A tab separates words as a blank does; Set() makes it one.
      if (length == 0 && value[i] != '\t') {
        return cursor_.ErrorAtWord("expected printable UTF-8 text", i);
      }
      i += std::max<std::size_t>(length, 1);
    }
    if (const auto allowed = Metadata::WhyInvalid(key, value)) {
      return cursor_.ErrorAtWord("expected " + std::string(*allowed) + ", found " + Quote(value));
    }
    builder_.metadata().Set(key, value);
    return std::nullopt;
  }

  Error CpuLine() {
    const std::string_view list = cursor_.Word();
    const auto cpus = CpuSet::Parse(list);
    if (!cpus) return cursor_.ErrorAtWord(cpus.error().message, cpus.error().offset);
    auto presence = SnapshotBuilder::Presence::kOnline;
    const DumpError here = cursor_.ErrorAtWord("a CPU can't be both online and offline");
    if (!cursor_.AtEndOfLine()) {
      const std::string_view word = cursor_.Word();
      if (word != "offline") {
        return cursor_.ErrorAtWord("expected \"offline\" or the end of the line, found " +
                                   Quote(word));
      }
      presence = SnapshotBuilder::Presence::kOffline;
    }
    if (!builder_.OpenBlock(*cpus, presence)) return here;
    in_block_ = true;
    return std::nullopt;
  }

  Error CpuidLine() {
    if (Error error = ExpectBlock("cpuid")) return error;
    const std::string_view word = cursor_.Word();
    const std::size_t dot = word.find('.');
    if (dot == std::string_view::npos) {
      return cursor_.ErrorAtWord("expected LEAF.SUBLEAF, such as 0x7.0x0");
    }
    const auto leaf = Hex32(word.substr(0, dot), 0);
    if (!leaf) return leaf.error();
    const auto subleaf = Hex32(word.substr(dot + 1), dot + 1);
    if (!subleaf) return subleaf.error();
    const CpuidLeaf key{*leaf, *subleaf};
    const DumpError twice =
        cursor_.ErrorAtWord("one of these CPUs has an answer to this leaf already");

    const std::string_view sign = cursor_.Word();
    CpuidReading reading = tl::unexpected(AccessCode::kIo);
    if (sign == "!") {
      const auto code = ErrorName();
      if (!code) return code.error();
      reading = tl::unexpected(*code);
    } else if (sign == "=") {
      const auto answer = FourRegisters();
      if (!answer) return answer.error();
      reading = *answer;
    } else {
      return cursor_.ErrorAtWord("expected \"=\" or \"!\"");
    }
    if (!builder_.AddCpuid(key, reading)) return twice;
    return std::nullopt;
  }

  Parsed<PartialCpuid> FourRegisters() {
    PartialCpuid answer{{}, 0};
    std::uint32_t* const targets[] = {&answer.registers.eax, &answer.registers.ebx,
                                      &answer.registers.ecx, &answer.registers.edx};
    for (unsigned i = 0; i < 4; ++i) {
      const std::string_view word = cursor_.Word();
      if (word == "-") continue;
      const auto value = Hex32(word, 0);
      if (!value) return tl::unexpected(value.error());
      *targets[i] = *value;
      answer.recorded = static_cast<CpuidRegisterMask>(answer.recorded | 1u << i);
    }
    return answer;
  }

  Error MsrLine() {
    if (Error error = ExpectBlock("msr")) return error;
    const auto address = Hex32(cursor_.Word(), 0);
    if (!address) return address.error();
    const DumpError twice = cursor_.ErrorAtWord("one of these CPUs has this register already");

    const std::string_view sign = cursor_.Word();
    MsrReading reading = tl::unexpected(AccessCode::kIo);
    if (sign == "!") {
      const auto code = ErrorName();
      if (!code) return code.error();
      reading = tl::unexpected(*code);
    } else if (sign == "=") {
      const auto value = Hex(cursor_.Word(), 0, std::numeric_limits<std::uint64_t>::max());
      if (!value) return value.error();
      reading = *value;
    } else {
      return cursor_.ErrorAtWord("expected \"=\" or \"!\"");
    }
    if (!builder_.AddMsr(MsrAddress{*address}, reading)) return twice;
    return std::nullopt;
  }

  Error ExpectBlock(std::string_view keyword) const {
    if (in_block_) return std::nullopt;
    return cursor_.ErrorAtWord("expected a cpu line before the first " + std::string(keyword));
  }

  Error Expect(std::string_view sign) {
    if (cursor_.Word() == sign) return std::nullopt;
    return cursor_.ErrorAtWord("expected \"" + std::string(sign) + "\"");
  }

  Parsed<AccessCode> ErrorName() {
    const std::string_view word = cursor_.Word();
    if (const auto code = AccessCodeFromName(word)) return *code;
    std::string names;
    for (const AccessCode code : kAllAccessCodes) {
      names += names.empty() ? "" : ", ";
      names += Name(code);
    }
    return tl::unexpected(
        cursor_.ErrorAtWord("expected an error name (" + names + "), found " + Quote(word)));
  }

  // `offset` is where `digits` starts in the word read last.
  Parsed<std::uint64_t> Hex(std::string_view digits, std::size_t offset, std::uint64_t max) const {
    if (digits.size() < 3 || digits[0] != '0' || digits[1] != 'x') {
      return tl::unexpected(
          cursor_.ErrorAtWord("expected a number such as 0x3a, found " + Quote(digits), offset));
    }
    std::uint64_t value = 0;
    for (std::size_t i = 2; i < digits.size(); ++i) {
      const int digit = HexDigit(digits[i]);
      if (digit < 0) {
        return tl::unexpected(cursor_.ErrorAtWord("expected a hexadecimal digit", offset + i));
      }
      if (value > max >> 4) {
        return tl::unexpected(cursor_.ErrorAtWord(
            "expected at most " + std::to_string(max == ~std::uint64_t{0} ? 64 : 32) +
                " bits, found " + Quote(digits),
            offset));
      }
      value = value << 4 | static_cast<std::uint64_t>(digit);
    }
    return value;
  }

  Parsed<std::uint32_t> Hex32(std::string_view digits, std::size_t offset) const {
    return Hex(digits, offset, std::numeric_limits<std::uint32_t>::max())
        .map([](std::uint64_t value) { return static_cast<std::uint32_t>(value); });
  }

  Cursor cursor_;
  SnapshotBuilder builder_;
  bool in_block_ = false;
};

}  // namespace

bool MayBecomeDump(std::string_view beginning) {
  const std::size_t start = beginning.find_first_not_of(" \t");
  if (start == std::string_view::npos) return true;
  beginning.remove_prefix(start);
  const std::size_t shared = std::min(beginning.size(), kMagic.size());
  return beginning.substr(0, shared) == kMagic.substr(0, shared);
}

tl::expected<PlatformSnapshot, DumpError> ParseDump(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace vtprobe
