// The MSRs of a Firecracker guest as its tests list them:
//
//   MSR_ADDR,VALUE
//   0x10,0x12a9d3006
//
// They are read on the guest's CPU 0, and an MSR that could not be read has no
// line. [firecracker] resources/tests/msr/msr_reader.sh

#include <string>
#include <string_view>
#include <utility>

#include "import/importers.h"
#include "import/line_reader.h"
#include "import/numbers.h"
#include "import/readings.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kHeader = "MSR_ADDR,VALUE";
constexpr LogicalCpu kCpu{0};

Confidence Looks(const File& file) {
  LineReader reader(file.content);
  return reader.Next() && Trimmed(reader.line()) == kHeader ? Confidence::kCertain
                                                            : Confidence::kNone;
}

std::optional<Error> ReadFile(const File& file, Readings* readings) {
  LineReader reader(file.content);
  if (!reader.Next() || Trimmed(reader.line()) != kHeader) {
    return Error{file.name, 1, 1, "expected the header " + std::string(kHeader)};
  }
  readings->AddCpu(kCpu);
  while (reader.Next()) {
    const std::string_view line = Trimmed(reader.line());
    if (line.empty()) continue;
    const std::size_t comma = line.find(',');
    const auto column = static_cast<std::size_t>(line.data() - reader.line().data()) + 1;
    const auto address = ParsePrefixedHex<std::uint32_t>(Trimmed(line.substr(0, comma)));
    if (!address) {
      return Error{file.name, reader.number(), column, "expected an MSR's address, as 0x3a"};
    }
    if (comma == std::string_view::npos) {
      return Error{file.name, reader.number(), column + line.size(), "expected a comma"};
    }
    const auto value = ParsePrefixedHex<std::uint64_t>(Trimmed(line.substr(comma + 1)));
    if (!value) {
      return Error{file.name, reader.number(), column + comma + 1,
                   "expected a value of at most 64 bits, as 0x5"};
    }
    readings->AddMsr(kCpu, MsrAddress{*address}, *value);
  }
  return std::nullopt;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  Readings readings;
  for (const File& file : files) {
    if (auto error = ReadFile(file, &readings)) return tl::unexpected(*std::move(error));
  }
  Imported imported = std::move(readings).Build();
  imported.snapshot.mutable_metadata().Set(meta::kStage, "guest");
  imported.snapshot.mutable_metadata().Set(meta::kTool, "Firecracker");
  return imported;
}

}  // namespace

const Importer kFirecrackerCsv{.name = "firecracker-csv",
                               .title = "Firecracker's list of a guest's MSRs (CSV)",
                               .detect = Looks,
                               .import = Import};

}  // namespace vtprobe::import
