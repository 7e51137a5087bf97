#include "subject.h"

#include <fmt/format.h>

#include "input.h"
#include "this_machine.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Nothing: all of them.
OrFailure<std::optional<CpuSet>> ChosenCpus(const Arguments& arguments) {
  if (!arguments.cpus) return std::nullopt;
  auto cpus = CpuSet::Parse(*arguments.cpus);
  if (!cpus) {
    return Fails(kUsageError, fmt::format("--cpus {}: column {}: {}", Printable(*arguments.cpus),
                                          cpus.error().offset + 1, cpus.error().message));
  }
  return *std::move(cpus);
}

std::string Listed(const CpuSet& cpus) { return cpus.empty() ? "none" : cpus.ToString(); }

OrFailure<void> CheckPresent(const CpuSet& chosen, const CpuSet& online, const CpuSet& offline,
                             const std::string& where) {
  const CpuSet missing = chosen.Difference(online).Difference(offline);
  if (missing.empty()) return {};
  return Fails(kUsageError, fmt::format("--cpus {}: {} has no CPU {}; online are {}, offline {}",
                                        chosen.ToString(), where, missing.ToString(),
                                        Listed(online), Listed(offline)));
}

OrFailure<LoadedSubject> LoadReplay(const std::string& path, const std::optional<CpuSet>& chosen,
                                    bool is_quiet) {
  auto recording = LoadRecording({path});
  if (!recording) return tl::unexpected(recording.error());
  if (!is_quiet) PrintNotes(*recording);
  LoadedSubject subject{std::move(recording->snapshot), InputName(path)};
  if (chosen) {
    const auto present = CheckPresent(*chosen, subject.snapshot.online(),
                                      subject.snapshot.offline(), InputName(path));
    if (!present) return tl::unexpected(present.error());
    subject.snapshot = subject.snapshot.RestrictedTo(*chosen);
  }
  return subject;
}

OrFailure<LoadedSubject> LoadThisMachine(const CapturePlan& plan,
                                         const std::optional<CpuSet>& chosen) {
  HostContext host = DescribeThisMachine();
  if (chosen) {
    const auto present = CheckPresent(*chosen, host.online, host.offline, "this machine");
    if (!present) return tl::unexpected(present.error());
    host.online = host.online.Intersection(*chosen);
    host.offline = host.offline.Intersection(*chosen);
  }
  return LoadedSubject{ReadThisMachine(plan, host), std::nullopt};
}

}  // namespace

OrFailure<LoadedSubject> LoadSubject(const Arguments& arguments, const CapturePlan& plan) {
  const auto chosen = ChosenCpus(arguments);
  if (!chosen) return tl::unexpected(chosen.error());
  return arguments.replay ? LoadReplay(*arguments.replay, *chosen, arguments.quiet)
                          : LoadThisMachine(plan, *chosen);
}

}  // namespace vtprobe
