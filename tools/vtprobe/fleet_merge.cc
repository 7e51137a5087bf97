// vtprobe fleet merge: reports of shards of a fleet, put together into the one that a
// report of the whole is, to the byte. What is needed for that is in each report.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fleet.h"
#include "input.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

OrFailure<fleet::Fold> ReadReport(const std::string& path, const Process& process) {
  const auto text = ReadWhole(path, &process.confinement->files());
  if (!text) return tl::unexpected(text.error());
  return ReadFleetJson(*text, process.version).map_error([&](const FleetJsonError& error) {
    return Failure{kMalformedInput,
                   Printable(fmt::format("{}:{}:{}: {}", InputName(path), error.line, error.column,
                                         error.message))};
  });
}

std::string Text(const fleet::Way& way) {
  return fmt::format(
      "{}, {}, machines are {}", way.profile.empty() ? "no profile" : "profile " + way.profile,
      way.against.empty() ? "against their like" : "against " + way.against, way.machines);
}

// What the names of two ways that are not the same do not tell.
std::string_view WhatDiffers(const fleet::Way& a, const fleet::Way& b) {
  if (Text(a) != Text(b)) return "";
  return a == b ? ": the recordings that they are held against differ"
                : ": the profiles of that name differ";
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  if (arguments.profile || arguments.against || arguments.machines != "files") {
    return Fails(kUsageError,
                 "fleet merge judges nothing anew: --profile, --against and --machines are those "
                 "of the reports");
  }
  std::optional<fleet::Fold> whole;
  for (const std::string& path : arguments.files) {
    auto fold = ReadReport(path, process);
    if (!fold) return tl::unexpected(fold.error());
    if (!whole) {
      whole = *std::move(fold);
      continue;
    }
    if (!fold->IsMadeLike(*whole)) {
      return Fails(kUsageError,
                   Printable(fmt::format("{} ({}) and {} ({}) were not made in the same way{}",
                                         InputName(arguments.files.front()), Text(whole->way()),
                                         InputName(path), Text(fold->way()),
                                         WhatDiffers(whole->way(), fold->way()))));
    }
    whole->Merge(*fold);
  }
  return WriteFleet(*whole, arguments, process);
}

}  // namespace

const FleetAction kFleetMerge{.name = "merge",
                              .operands = "REPORT...",
                              .summary = "reports in JSON of shards of a fleet, made one",
                              .run = Run};

}  // namespace vtprobe
