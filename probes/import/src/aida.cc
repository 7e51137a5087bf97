// The text that AIDA64, its forerunner EVEREST and the InstLatx64 collection
// write: CPUID leaves and MSRs below a header for each CPU.
//
//   ------[ CPUID Registers / Logical CPU #0 ]------
//   CPUID 00000000: 00000016-756E6547-6C65746E-49656E69 [GenuineIntel]
//   CPUID 00000004: 1C004121-01C0003F-0000003F-00000000 [SL 00]
//   ------[ MSR Registers ]------
//   MSR 000000E7: 0000-0050-D84A-C118 [S200]
//   MSR 000001AC: < FAILED >
//
// Fifteen years of versions differ in the header, in the colon, and in whether
// subleaves are numbered; everything else in such a file is for people. Some
// files were put together by hand and have no header at all.

#include <bit>
#include <optional>
#include <unordered_map>
#include <utility>

#include "cpu_collector.h"
#include "importers.h"
#include "scanner.h"
#include "single_file.h"
#include "text_lines.h"

namespace vtprobe::import {
namespace {

struct MsrLine {
  MsrAddress address{};
  std::optional<std::uint64_t> value;  // nothing: the reading failed
  bool is_sample = false;
};

// The first "[...]" of the text that `parse` takes a number from, up to the
// bracket.
template <typename Parse>
std::optional<std::uint32_t> FindTag(std::string_view text, Parse parse) {
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    Scanner tag(text.substr(at + 1));
    const std::optional<std::uint32_t> number = parse(&tag);
    if (number && tag.Take(']')) return number;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> TakeSubleaf(Scanner* tag) {
  return tag->Take("SL ") ? tag->TakeHex<std::uint32_t>() : std::nullopt;
}

std::optional<std::uint32_t> TakeSample(Scanner* tag) {
  return tag->Take('S') ? tag->TakeDecimal() : std::nullopt;
}

// Eight digits, which a colon or blanks or both keep apart from what follows.
bool TakeAddress(Scanner* scanner, std::uint32_t* address) {
  if (!scanner->TakeHexDigits(address)) return false;
  const bool has_blanks = scanner->SkipBlanks();
  const bool has_colon = scanner->Take(':');
  scanner->SkipBlanks();
  return has_blanks || has_colon;
}

// Some lists of AMD CPUs have blanks in the place of the dashes.
bool TakeDash(Scanner* scanner) { return scanner->Take('-') || scanner->Take(' '); }

bool ParseCpuid(Scanner scanner, LeafLine* line) {
  CpuidRegisters& r = line->registers;
  if (!TakeAddress(&scanner, &line->leaf) || !scanner.TakeHexDigits(&r.eax) ||
      !TakeDash(&scanner) || !scanner.TakeHexDigits(&r.ebx) || !TakeDash(&scanner) ||
      !scanner.TakeHexDigits(&r.ecx) || !TakeDash(&scanner) || !scanner.TakeHexDigits(&r.edx) ||
      !scanner.AtBlankOrEnd()) {
    return false;
  }
  line->subleaf = FindTag(scanner.rest(), TakeSubleaf);
  return true;
}

bool ParseMsr(Scanner scanner, MsrLine* line) {
  std::uint32_t address = 0;
  if (!TakeAddress(&scanner, &address)) return false;
  line->address = MsrAddress{address};
  if (scanner.Take("< FAILED >")) {
    line->value = std::nullopt;
  } else {
    std::uint64_t value = 0;
    for (int group = 0; group < 4; ++group) {
      std::uint16_t digits = 0;
      if ((group > 0 && !scanner.Take('-')) || !scanner.TakeHexDigits(&digits)) return false;
      value = value << 16 | digits;
    }
    line->value = value;
  }
  if (!scanner.AtBlankOrEnd()) return false;
  line->is_sample = FindTag(scanner.rest(), TakeSample).has_value();
  return true;
}

struct Header {
  // kSome: registers of a CPU that is not named.
  enum class Kind : std::uint8_t { kCpu, kCpuPerhapsFromOne, kMask, kSome };

  Kind kind = Kind::kSome;
  std::string_view number_text;
  std::optional<std::uint32_t> number;
  std::optional<std::uint64_t> mask;  // of the CPUs that the thread was bound to
};

void TakeNumber(Scanner* scanner, Header* header) {
  header->number_text = scanner->rest();
  header->number = scanner->TakeDecimal();
}

// "CPU#000 AffMask: 0x0000000000000001"
std::optional<Header> ParseMaskHeader(Scanner scanner) {
  Header header;
  header.kind = Header::Kind::kMask;
  TakeNumber(&scanner, &header);
  scanner.SkipBlanks();
  if (!header.number || !scanner.Take("AffMask:")) return std::nullopt;
  scanner.SkipBlanks();
  header.mask = scanner.TakePrefixedHex<std::uint64_t>();
  return header;
}

// "Group: 0x00 Affinity mask: 0x0000000000000004", of Windows' groups of up to
// 64 CPUs. The number follows from the mask of one CPU.
std::optional<Header> ParseGroupHeader(Scanner scanner) {
  constexpr std::uint32_t kGroupSize = 64;
  Header header;
  header.kind = Header::Kind::kMask;
  scanner.SkipBlanks();
  header.number_text = scanner.rest();
  const auto group = scanner.TakePrefixedHex<std::uint16_t>();
  scanner.SkipBlanks();
  if (!group || !scanner.Take("Affinity mask:")) return std::nullopt;
  scanner.SkipBlanks();
  header.mask = scanner.TakePrefixedHex<std::uint64_t>();
  if (header.mask && std::has_single_bit(*header.mask)) {
    header.number =
        *group * kGroupSize + static_cast<std::uint32_t>(std::countr_zero(*header.mask));
  }
  return header;
}

// "CPUID Registers / Logical CPU #0", "MSR Registers", "Logical CPU #0",
// "CPUID Registers (CPU #1 Virtual):", in a frame of dashes and brackets or of
// underscores or in none.
std::optional<Header> ParseHeader(std::string_view line) {
  const std::size_t start = line.find_first_not_of("-_[ ");
  if (start == std::string_view::npos) return std::nullopt;
  Scanner scanner(line.substr(start));
  if (scanner.Take("CPU#")) return ParseMaskHeader(scanner);
  if (scanner.Take("Group:")) return ParseGroupHeader(scanner);
  Header header;
  const bool is_list = scanner.Take("CPUID Registers") || scanner.Take("MSR Registers");
  if (is_list) {
    scanner.SkipBlanks();
    if (scanner.Take("(CPU #")) {
      header.kind = Header::Kind::kCpuPerhapsFromOne;
      TakeNumber(&scanner, &header);
      if (header.number) return header;
      return std::nullopt;
    }
    if (!scanner.Take('/')) {
      const bool is_whole = scanner.rest().find_first_not_of("-_]: ") == std::string_view::npos;
      return is_whole ? std::optional(header) : std::nullopt;
    }
    scanner.SkipBlanks();
  }
  if (!scanner.Take("Logical CPU #")) return std::nullopt;
  header.kind = Header::Kind::kCpu;
  TakeNumber(&scanner, &header);
  if (!header.number) return std::nullopt;
  return header;
}

class Reader {
 public:
  explicit Reader(const File& file) : file_(file), lines_(file.content) {}

  tl::expected<Imported, Error> Read();

 private:
  void ReadLine(std::string_view line);
  bool ReadRegister(std::string_view line);  // false if the line is about none
  void ReadCpuid(const LeafLine& line);
  void ReadMsr(const MsrLine& line);
  // Header-less files: decides whose the leaf 0 was that stood there again.
  void EndHeldLeaf();
  void Open(const Header& header);
  std::uint32_t NumberByMask(const Header& header);

  const File& file_;
  TextLines lines_;
  CpuCollector collector_;
  std::optional<Error> error_;
  bool has_header_ = false;
  bool has_leaf_0_ = false;
  bool has_failure_ = false;
  std::optional<std::uint32_t> apic_id_;
  std::optional<LeafLine> held_;  // a repeated leaf 0 without a header
  std::size_t held_number_ = 0;
  std::optional<MsrLine> last_msr_;
  std::unordered_map<std::uint32_t, std::uint64_t> masks_;
};

// Of several readings of a changing register the last one carries no mark.
void Reader::ReadMsr(const MsrLine& line) {
  const bool goes_on = last_msr_ && last_msr_->is_sample && last_msr_->address == line.address;
  last_msr_ = line;
  last_msr_->is_sample = line.is_sample || goes_on;
  MsrReading reading = tl::unexpected(AccessCode::kIo);
  if (line.value) {
    reading = *line.value;
  } else {
    has_failure_ = true;
  }
  collector_.AddMsr(line.address, reading, lines_.number(), last_msr_->is_sample);
}

void Reader::EndHeldLeaf() {
  if (!held_) return;
  collector_.AddCpuid(*held_, held_number_);
  held_.reset();
}

// Where no header says that another CPU begins, leaf 0 does, if the APIC ID
// behind it is another one. [intel/sdm-vol2] CPUID.1:EBX[31:24]
void Reader::ReadCpuid(const LeafLine& line) {
  if (!has_header_) {
    if (held_ && line.leaf == 1 && apic_id_ != line.registers.ebx >> 24 &&
        !collector_.OpenNextUnnumberedCpu()) {
      error_ = Error{file_.name, lines_.number(), 1, "too many CPUs"};
      return;
    }
    EndHeldLeaf();
    if (line.leaf == 0 && std::exchange(has_leaf_0_, true)) {
      held_ = line;
      held_number_ = lines_.number();
      return;
    }
    if (line.leaf == 1) apic_id_ = line.registers.ebx >> 24;
  }
  collector_.AddCpuid(line, lines_.number());
}

// There are files whose CPUs all carry the number 0 and differ in the mask.
std::uint32_t Reader::NumberByMask(const Header& header) {
  const auto [seen, is_new] = masks_.try_emplace(*header.number, header.mask.value_or(0));
  if (is_new || !header.mask || seen->second == *header.mask ||
      !std::has_single_bit(*header.mask)) {
    return *header.number;
  }
  return static_cast<std::uint32_t>(std::countr_zero(*header.mask));
}

void Reader::Open(const Header& header) {
  EndHeldLeaf();
  last_msr_.reset();
  bool is_open = false;
  switch (header.kind) {
    case Header::Kind::kSome:
      // "MSR Registers" alone names no CPU, but CPUs with leaves came before it.
      collector_.OpenSomeCpu();
      return;
    case Header::Kind::kCpu:
      is_open = collector_.OpenCpu(*header.number);
      break;
    case Header::Kind::kCpuPerhapsFromOne:
      is_open = collector_.OpenCpu(*header.number, CpuCollector::Numbering::kPerhapsFromOne);
      break;
    case Header::Kind::kMask:
      is_open = header.number ? collector_.OpenCpu(NumberByMask(header))
                              : collector_.OpenNextUnnumberedCpu();
      break;
  }
  has_header_ = true;
  if (!is_open) error_ = CpuNumberError(file_, lines_, header.number_text);
}

bool Reader::ReadRegister(std::string_view line) {
  Scanner scanner(line);
  LeafLine cpuid;
  MsrLine msr;
  if (scanner.Take("CPUID ")) {
    scanner.SkipBlanks();
    if (ParseCpuid(scanner, &cpuid)) {
      ReadCpuid(cpuid);
      return true;
    }
  } else if (scanner.Take("MSR ")) {
    scanner.SkipBlanks();
    if (ParseMsr(scanner, &msr)) {
      EndHeldLeaf();
      ReadMsr(msr);
      return true;
    }
  } else {
    return false;
  }
  std::uint32_t address = 0;
  if (!TakeAddress(&scanner, &address)) return false;
  collector_.AddUnreadableLine(lines_.number());
  return true;
}

void Reader::ReadLine(std::string_view line) {
  if (ReadRegister(line)) return;
  if (const auto header = ParseHeader(line)) {
    Open(*header);
    return;
  }
  Scanner scanner(line);
  if (!scanner.Take("Program Version")) return;
  scanner.SkipBlanks();
  if (scanner.Take(':')) collector_.metadata().Set(meta::kTool, scanner.rest());
}

tl::expected<Imported, Error> Reader::Read() {
  while (lines_.Next()) {
    const std::string_view line = lines_.line();
    if (IsLineOfDashes(line) && collector_.has_readings()) break;
    ReadLine(line);
    if (error_) return tl::unexpected(*error_);
  }
  EndHeldLeaf();
  if (has_failure_) {
    collector_.AddNote("the file does not say why a register could not be read: it stands as io");
  }
  return std::move(collector_).Build(file_);
}

Confidence Recognize(const File& file) {
  TextLines lines(Head(file.content));
  while (lines.Next()) {
    Scanner scanner(lines.line());
    LeafLine cpuid;
    MsrLine msr;
    const bool is_reading = scanner.Take("CPUID ")
                                ? ParseCpuid(scanner, &cpuid)
                                : scanner.Take("MSR ") && ParseMsr(scanner, &msr);
    if (is_reading) return Confidence::kCertain;
  }
  return Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const auto file = SingleFile(files);
  if (!file) return tl::unexpected(file.error());
  return Reader(**file).Read();
}

}  // namespace

const Importer kAida{
    .name = "aida", .title = "AIDA64 or InstLatx64 text", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
