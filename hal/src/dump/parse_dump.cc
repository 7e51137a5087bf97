// The parser of the formats 1 and 2, of whole dumps and of those that hold what
// differs from a base. It is strict: a recording is evidence, and a line that is not understood
// is an error and not a comment.

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "dump/against_base.h"
#include "dump/cursor.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/dump_limits.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

constexpr std::string_view kMagic = "vtprobe-dump";
constexpr std::string_view kDifferenceMagic = "vtprobe-difference";
constexpr std::string_view kRemoved = "removed";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kVersionWithBits = "2";  // MSRs of which some bits are known
constexpr std::string_view kSealed = "sealed";

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

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> kHexDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  for (std::uint8_t& digit : digits) digit = kNoDigit;
  for (std::uint8_t i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    digits[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
    digits[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(10 + i);
  }
  return digits;
}();

std::uint8_t HexDigit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }

// A number such as 0x3a that fits the type; WhyNoHex() says what is wrong with
// any other.
template <typename Unsigned>
bool ReadHex(std::string_view digits, Unsigned* value) {
  constexpr std::size_t kMostDigits = 2 * sizeof(Unsigned);
  if (digits.size() < 3 || digits[0] != '0' || digits[1] != 'x') return false;
  digits.remove_prefix(2);
  while (digits.size() > kMostDigits && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() > kMostDigits) return false;
  Unsigned result = 0;
  std::uint8_t seen = 0;
  for (const char c : digits) {
    const std::uint8_t digit = HexDigit(c);
    seen |= digit;
    result = static_cast<Unsigned>(result << 4 | (digit & 0xf));
  }
  *value = result;
  return seen <= 0xf;
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
  Parser(std::string_view text, const PlatformSnapshot& base) : cursor_(text), against_(base) {}

  Parsed<PlatformSnapshot> Parse() {
    if (auto error = Header()) return tl::unexpected(*std::move(error));
    while (!cursor_.AtEndOfText()) {
      if (auto error = Line()) return tl::unexpected(*std::move(error));
    }
    if (is_sealed_ && !has_ended_) {
      return tl::unexpected(cursor_.ErrorAt(
          cursor_.offset(), "expected the line \"end " + std::to_string(cursor_.line()) +
                                "\", with which a sealed recording ends: it is cut off"));
    }
    return against_ ? against_->Build() : builder_.Build();
  }

 private:
  using Error = std::optional<DumpError>;
  using Change = AgainstBase::Change;

  Error Header() {
    const std::string_view magic = against_ ? kDifferenceMagic : kMagic;
    if (cursor_.Word() != magic) {
      return cursor_.ErrorAtWord("expected the first line \"" + std::string(magic) + " 1\"");
    }
    const std::string_view version = cursor_.Word();
    if (version != kVersion && version != kVersionWithBits) {
      return cursor_.ErrorAtWord("expected version 1 or 2, those this vtprobe reads, found " +
                                 Quote(version));
    }
    may_know_bits_ = version == kVersionWithBits;
    if (!cursor_.AtEndOfLine()) {
      const std::string_view word = cursor_.Word();
      if (word != kSealed) {
        return cursor_.ErrorAtWord("expected \"sealed\" or the end of the line, found " +
                                   Quote(word));
      }
      is_sealed_ = true;
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
    } else if (keyword == "end") {
      return EndMark();
    } else {
      return cursor_.ErrorAtWord("expected meta, cpu, cpuid, msr or end, found " + Quote(keyword));
    }
    return error ? error : EndOfLine();
  }

  Error EndOfLine() {
    if (!cursor_.AtEndOfLine()) {
      const std::string_view extra = cursor_.Word();
      return cursor_.ErrorAtWord("expected the end of the line, found " + Quote(extra));
    }
    // Half a number is a number, and half a CPU list a list.
    if (cursor_.AtEndOfText()) {
      return cursor_.ErrorAt(cursor_.offset(),
                             "expected a line end behind the last line: it may be cut off in it");
    }
    cursor_.NextLine();
    return std::nullopt;
  }

  // It holds the number of its own line, so that it is right nowhere else, and
  // needs no line end to be whole.
  Error EndMark() {
    const std::string number = std::to_string(cursor_.line());
    if (cursor_.Word() != number) {
      return cursor_.ErrorAtWord("expected " + number +
                                 ", the number of this line: lines are missing or too many");
    }
    if (!cursor_.AtEndOfLine()) return EndOfLine();
    while (!cursor_.AtEndOfText()) {
      if (!cursor_.AtEndOfLine()) {
        return cursor_.ErrorAt(cursor_.offset(), "expected nothing behind the end mark");
      }
      cursor_.NextLine();
    }
    has_ended_ = true;
    return std::nullopt;
  }

  Error MetaLine() {
    const std::string_view key = cursor_.Word();
    if (!IsKey(key)) {
      return cursor_.ErrorAtWord("expected a key of letters, digits, '.', '_' and '-'");
    }
    const std::size_t place = cursor_.word_start();
    if (in_block_) return cursor_.ErrorAtWord("meta lines stand before the first cpu line");
    if (builder_.metadata().Get(key)) {
      return cursor_.ErrorAtWord("the key " + Quote(key) + " stands here a second time");
    }
    const std::string_view sign = cursor_.Word();
    if (against_ && sign == kRemoved) return Taken(place, against_->Remove(key));
    if (sign != "=") return cursor_.ErrorAtWord("expected " + Signs("\"=\""));
    const std::string_view value = cursor_.RestOfLine();
    if (value.empty()) return cursor_.ErrorAtWord("expected a value");
    for (std::size_t i = PrintableAsciiLength(value); i < value.size();) {
      const std::size_t length = PrintableLength(value.substr(i));
      // A tab separates words as a blank does; Set() makes it one.
      if (length == 0 && value[i] != '\t') {
        return cursor_.ErrorAtWord("expected printable UTF-8 text", i);
      }
      i += std::max<std::size_t>(length, 1);
    }
    if (const auto wrong = Metadata::WhyInvalid(key, value)) {
      return cursor_.ErrorAtWord(std::string("expected ").append(wrong->expected) + ", found " +
                                     Quote(value.substr(wrong->offset)),
                                 wrong->offset);
    }
    metadata_size_ += key.size() + value.size();
    if (builder_.metadata().entries().size() == kMostMetadataKeys ||
        metadata_size_ > kMostMetadata) {
      return cursor_.ErrorAtWord(TooMuchMetadata());
    }
    builder_.metadata().Set(key, value);
    if (!against_) return std::nullopt;
    return Taken(place, against_->Set(key, *builder_.metadata().Get(key)));
  }

  Error CpuLine() {
    const std::string_view list = cursor_.Word();
    const std::size_t place = cursor_.word_start();
    auto cpus = CpuSet::Parse(list);
    if (!cpus) return cursor_.ErrorAtWord(cpus.error().message, cpus.error().offset);
    ranges_of_block_ = cpus->ranges().size();
    ranges_ += ranges_of_block_;
    if (ranges_ > kMostCpuRanges) {
      return cursor_.ErrorAtWord(TooManyCpuRanges());
    }
    in_block_ = true;
    if (against_) return ChangedCpus(place, *std::move(cpus));
    auto presence = SnapshotBuilder::Presence::kOnline;
    if (!cursor_.AtEndOfLine()) {
      const std::string_view word = cursor_.Word();
      if (word != "offline") {
        return cursor_.ErrorAtWord("expected \"offline\" or the end of the line, found " +
                                   Quote(word));
      }
      presence = SnapshotBuilder::Presence::kOffline;
    }
    if (!builder_.OpenBlock(*std::move(cpus), presence)) {
      return cursor_.ErrorAt(place, "a CPU can't be both online and offline");
    }
    return std::nullopt;
  }

  // The rest of a cpu line that is held against a base.
  Error ChangedCpus(std::size_t place, CpuSet cpus) {
    auto change = Change::kNone;
    if (!cursor_.AtEndOfLine()) {
      constexpr std::pair<std::string_view, Change> kChanges[] = {{"added", Change::kAdded},
                                                                  {"online", Change::kOnline},
                                                                  {"offline", Change::kOffline},
                                                                  {kRemoved, Change::kRemoved}};
      const std::string_view word = cursor_.Word();
      const auto* const found =
          std::find_if(std::begin(kChanges), std::end(kChanges),
                       [&](const auto& named) { return named.first == word; });
      if (found == std::end(kChanges)) {
        return cursor_.ErrorAtWord(
            "expected added, online, offline, removed or the end of the line, found " +
            Quote(word));
      }
      change = found->second;
    }
    if (change == Change::kAdded && !cursor_.AtEndOfLine()) {
      const std::string_view word = cursor_.Word();
      if (word != "offline") {
        return cursor_.ErrorAtWord("expected \"offline\" or the end of the line, found " +
                                   Quote(word));
      }
      change = Change::kAddedOffline;
    }
    return Taken(place, against_->OpenBlock(std::move(cpus), change));
  }

  Error Taken(std::size_t place, AgainstBase::Problem problem) const {
    if (!problem) return std::nullopt;
    return cursor_.ErrorAt(place, *std::move(problem));
  }

  // What may stand in a line at the place of these.
  std::string Signs(std::string_view signs) const {
    return std::string(signs) + (against_ ? " or \"removed\"" : "");
  }

  Error CpuidLine() {
    if (Error error = ExpectBlock("cpuid")) return error;
    const std::string_view word = cursor_.Word();
    const std::size_t place = cursor_.word_start();
    const std::size_t dot = word.find('.');
    if (dot == std::string_view::npos) {
      return cursor_.ErrorAtWord("expected LEAF.SUBLEAF, such as 0x7.0x0");
    }
    CpuidLeaf key;
    if (Error error = Hex(word.substr(0, dot), 0, &key.leaf)) return error;
    if (Error error = Hex(word.substr(dot + 1), dot + 1, &key.subleaf)) return error;

    const std::string_view sign = cursor_.Word();
    CpuidReading reading;
    if (sign == "=") {
      if (Error error = FourRegisters(&*reading)) return error;
    } else if (sign == "!") {
      const auto code = ErrorName();
      if (!code) return code.error();
      reading = tl::unexpected(*code);
    } else if (against_ && sign == kRemoved) {
      return Taken(place, against_->Remove(key));
    } else {
      return cursor_.ErrorAtWord("expected " + Signs("\"=\" or \"!\""));
    }
    if (against_) return Taken(place, against_->Set(key, reading));
    if (builder_.AddCpuid(key, reading)) return std::nullopt;
    return cursor_.ErrorAt(place, "one of these CPUs has an answer to this leaf already");
  }

  Error FourRegisters(PartialCpuid* answer) {
    answer->recorded = 0;
    std::uint32_t* const targets[] = {&answer->registers.eax, &answer->registers.ebx,
                                      &answer->registers.ecx, &answer->registers.edx};
    for (unsigned i = 0; i < 4; ++i) {
      const std::string_view word = cursor_.Word();
      if (word == "-") continue;
      if (Error error = Hex(word, 0, targets[i])) return error;
      answer->recorded = static_cast<CpuidRegisterMask>(answer->recorded | 1u << i);
    }
    return std::nullopt;
  }

  Error MsrLine() {
    if (Error error = ExpectBlock("msr")) return error;
    std::uint32_t address = 0;
    if (Error error = Hex(cursor_.Word(), 0, &address)) return error;
    const std::size_t place = cursor_.word_start();

    const std::string_view sign = cursor_.Word();
    MsrReading reading;
    if (sign == "=") {
      if (Error error = ValueOrBits(&reading)) return error;
    } else if (sign == "!") {
      const auto code = ErrorName();
      if (!code) return code.error();
      reading = tl::unexpected(*code);
    } else if (against_ && sign == kRemoved) {
      return Taken(place, against_->Remove(MsrAddress{address}));
    } else {
      return cursor_.ErrorAtWord("expected " + Signs("\"=\" or \"!\""));
    }
    if (against_) return Taken(place, against_->Set(MsrAddress{address}, reading));
    if (builder_.AddMsr(MsrAddress{address}, reading)) return std::nullopt;
    return cursor_.ErrorAt(place, "one of these CPUs has this register already");
  }

  // The value, or the bits of it that are known with their mask.
  Error ValueOrBits(MsrReading* reading) {
    std::uint64_t value = 0;
    if (Error error = Hex(cursor_.Word(), 0, &value)) return error;
    *reading = value;
    if (!may_know_bits_ || cursor_.AtEndOfLine()) return std::nullopt;
    const std::size_t place = cursor_.word_start();
    const std::string_view word = cursor_.Word();
    if (word != "known") {
      return cursor_.ErrorAtWord("expected \"known\" or the end of the line, found " + Quote(word));
    }
    std::uint64_t known = 0;
    if (Error error = Hex(cursor_.Word(), 0, &known)) return error;
    if (known == 0 || ~known == 0) {
      return cursor_.ErrorAtWord("expected some of the bits, neither none nor all");
    }
    if ((value & ~known) != 0) {
      return cursor_.ErrorAt(place, "expected a value without a bit that is not among the known");
    }
    *reading = MsrReading::OfBits(value, known);
    return std::nullopt;
  }

  // Where a reading may stand.
  Error ExpectBlock(std::string_view keyword) {
    if (!in_block_) {
      return cursor_.ErrorAtWord("expected a cpu line before the first " + std::string(keyword));
    }
    if (readings_++ >= kMostReadings) return cursor_.ErrorAtWord(TooManyReadings());
    ranges_of_readings_ += ranges_of_block_;
    if (ranges_of_readings_ <= kMostRangesOfReadings) return std::nullopt;
    return cursor_.ErrorAtWord(TooManyRangesOfReadings());
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
  template <typename Unsigned>
  Error Hex(std::string_view digits, std::size_t offset, Unsigned* value) const {
    if (ReadHex(digits, value)) return std::nullopt;
    return WhyNoHex(digits, offset, std::numeric_limits<Unsigned>::digits);
  }

  // The first thing that is wrong with a number of at most `bits` bits.
  DumpError WhyNoHex(std::string_view digits, std::size_t offset, int bits) const {
    if (digits.size() < 3 || digits[0] != '0' || digits[1] != 'x') {
      return cursor_.ErrorAtWord("expected a number such as 0x3a, found " + Quote(digits), offset);
    }
    const std::string too_large =
        "expected at most " + std::to_string(bits) + " bits, found " + Quote(digits);
    int used = 0;
    for (std::size_t i = 2; i < digits.size(); ++i) {
      if (HexDigit(digits[i]) == kNoDigit) {
        return cursor_.ErrorAtWord("expected a hexadecimal digit", offset + i);
      }
      if (used > 0 || digits[i] != '0') used += 4;
      if (used > bits) break;
    }
    return cursor_.ErrorAtWord(too_large, offset);
  }

  Cursor cursor_;
  SnapshotBuilder builder_;  // of a difference only what its meta lines say
  std::optional<AgainstBase> against_;
  bool may_know_bits_ = false;
  bool in_block_ = false;
  bool is_sealed_ = false;
  bool has_ended_ = false;
  // What counts towards the limits.
  std::size_t metadata_size_ = 0;
  std::size_t ranges_ = 0;
  std::size_t ranges_of_block_ = 0;
  std::size_t ranges_of_readings_ = 0;
  std::size_t readings_ = 0;
};

}  // namespace

tl::expected<PlatformSnapshot, DumpError> ParseDump(std::string_view text) {
  if (text.size() > kLargestRecording) {
    return tl::unexpected(DumpError{1, 1, TooLargeRecording()});
  }
  return Parser(text).Parse();
}

bool IsDumpDifference(std::string_view text) { return text.starts_with(kDifferenceMagic); }

tl::expected<PlatformSnapshot, DumpError> ParseDumpDifference(std::string_view text,
                                                              const PlatformSnapshot& base) {
  return Parser(text, base).Parse();
}

}  // namespace vtprobe
