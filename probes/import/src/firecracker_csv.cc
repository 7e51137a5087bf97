// The MSRs of a Firecracker guest as its tests list them:
//
//   MSR_ADDR,VALUE
//   0x10,0x12a9d3006
//
// They are read on the guest's CPU 0, and an MSR that could not be read has no
// line. Older lists have one, with a word of its own:
//
//   MSR_ADDR,STATUS,VALUE
//   0x13,unimplemented,0x0
//
// Some rows ask the kernel's driver for addresses of more than 32 bits. It
// reads the register of the low 32, so that is what they are a reading of.
// [firecracker] tests/data/msr, [linux] arch/x86/kernel/msr.c

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "characters.h"
#include "cpu_collector.h"
#include "importers.h"
#include "text_lines.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kHeader = "MSR_ADDR,VALUE";
constexpr std::string_view kHeaderWithStatus = "MSR_ADDR,STATUS,VALUE";
constexpr std::uint32_t kCpu = 0;

bool IsHeader(std::string_view line) { return line == kHeader || line == kHeaderWithStatus; }

Confidence Recognize(const File& file) {
  TextLines lines(file.content);
  return lines.Next() && IsHeader(lines.line()) ? Confidence::kCertain : Confidence::kNone;
}

// A shell's printf writes 0 without 0x.
std::optional<std::uint64_t> ParseAddress(std::string_view text) {
  if (text == "0") return 0;
  return ParsePrefixedHex<std::uint64_t>(text);
}

class List {
 public:
  std::optional<Error> Read(const File& file) {
    TextLines lines(file.content);
    if (!lines.Next() || !IsHeader(lines.line())) {
      return Error{file.name, 1, 1, "expected the header " + std::string(kHeader)};
    }
    const bool has_status = lines.line() == kHeaderWithStatus;
    static_cast<void>(collector_.OpenCpu(kCpu));
    while (lines.Next()) {
      if (lines.line().empty()) continue;
      if (auto error = ReadRow(file, lines, has_status)) return error;
    }
    return std::nullopt;
  }

  tl::expected<Imported, Error> Build(const File& file) && {
    collector_.metadata().Set(meta::kStage, "guest");
    collector_.metadata().Set(meta::kTool, "Firecracker");
    if (wide_ != 0) {
      collector_.AddNote(fmt::format(
          "addresses of more than 32 bits: {}. The msr driver cuts them off, so these are readings "
          "of the registers that are left, and stand as theirs",
          wide_));
    }
    return std::move(collector_).Build(file);
  }

 private:
  std::optional<Error> ReadRow(const File& file, const TextLines& lines, bool has_status) {
    std::string_view rest = lines.line();
    const auto fail = [&](std::string message) {
      return Error{file.name, lines.number(), lines.ColumnOf(rest), std::move(message)};
    };
    const auto cell = [&] { return Trimmed(rest.substr(0, rest.find(','))); };
    const auto next_cell = [&] {
      const std::size_t comma = rest.find(',');
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      return comma != std::string_view::npos;
    };

    const auto address = ParseAddress(cell());
    if (!address) return fail("expected an MSR's address, as 0x3a");
    if (!next_cell()) return fail("expected a comma");
    bool is_implemented = true;
    if (has_status) {
      is_implemented = cell() == "implemented";
      if (!is_implemented && cell() != "unimplemented") {
        return fail("expected implemented or unimplemented");
      }
      if (!next_cell()) return fail("expected a comma");
    }
    const auto value = ParsePrefixedHex<std::uint64_t>(Trimmed(rest));
    if (!value) return fail("expected a value of at most 64 bits, as 0x5");

    const MsrAddress msr{static_cast<std::uint32_t>(*address)};
    if (*address != Number(msr)) ++wide_;
    collector_.AddMsr(
        msr, is_implemented ? MsrReading(*value) : tl::unexpected(AccessCode::kGeneralProtection),
        lines.number());
    return std::nullopt;
  }

  CpuCollector collector_;
  std::size_t wide_ = 0;
};

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  List list;
  for (const File& file : files) {
    if (auto error = list.Read(file)) return tl::unexpected(*std::move(error));
  }
  return std::move(list).Build(files.front());
}

}  // namespace

const Importer kFirecrackerCsv{.name = "firecracker-csv",
                               .title = "Firecracker's list of a guest's MSRs (CSV)",
                               .detect = Recognize,
                               .import = Import,
                               .has_several_files = true};

}  // namespace vtprobe::import
