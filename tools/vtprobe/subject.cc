#include "subject.h"

#include <fmt/format.h>

#include "input.h"
#include "sequence.h"
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

OrFailure<PlatformSnapshot> LoadOne(const std::string& path, const std::optional<CpuSet>& chosen,
                                    bool is_quiet, const OpenedFiles& opened,
                                    import::Allowance* allowance) {
  auto recording = LoadRecording({path}, {.import = {}, .opened = &opened, .allowance = allowance});
  if (!recording) return tl::unexpected(recording.error());
  if (!is_quiet) PrintNotes(*recording);
  if (!chosen) return std::move(recording->snapshot);
  const PlatformSnapshot& all = recording->snapshot;
  const auto present = CheckPresent(*chosen, all.online(), all.offline(), InputName(path));
  if (!present) return tl::unexpected(present.error());
  return all.RestrictedTo(*chosen);
}

// The last recording, with those before it.
OrFailure<LoadedSubject> LoadReplay(const std::vector<std::string>& paths,
                                    const std::optional<CpuSet>& chosen, bool is_quiet,
                                    const OpenedFiles& opened) {
  LoadedSubject subject;
  import::Allowance allowance;  // of all of them: they are held together
  for (const std::string& path : paths) {
    auto snapshot = LoadOne(path, chosen, is_quiet, opened, &allowance);
    if (!snapshot) return tl::unexpected(snapshot.error());
    if (&path == &paths.back()) {
      subject.snapshot = *std::move(snapshot);
      subject.source = InputName(path);
    } else {
      subject.earlier.push_back(*std::move(snapshot));
    }
  }
  return subject;
}

OrFailure<LoadedSubject> LoadThisMachine(const CapturePlan& plan,
                                         const std::optional<CpuSet>& chosen,
                                         Confinement* confinement) {
  HostContext host = DescribeThisMachine();
  if (chosen) {
    const auto present = CheckPresent(*chosen, host.online, host.offline, "this machine");
    if (!present) return tl::unexpected(present.error());
    host.online = host.online.Intersection(*chosen);
    host.offline = host.offline.Intersection(*chosen);
  }
  return LoadedSubject{ReadThisMachine(plan, host, confinement), std::nullopt, {}};
}

}  // namespace

OrFailure<LoadedSubject> LoadSubject(const Arguments& arguments, const Process& process,
                                     const MakePlan& make_plan) {
  auto subject = LoadSubjectWithEarlier(arguments, process, make_plan);
  if (subject && !subject->earlier.empty()) {
    return Fails(kUsageError, "one recording at a time; only check takes several");
  }
  return subject;
}

OrFailure<LoadedSubject> LoadSubjectWithEarlier(const Arguments& arguments, const Process& process,
                                                const MakePlan& make_plan) {
  const auto chosen = ChosenCpus(arguments);
  if (!chosen) return tl::unexpected(chosen.error());
  if (arguments.replay.empty()) {
    CapturePlan plan = make_plan();
    plan.sequential = arguments.sequential;
    return LoadThisMachine(plan, *chosen, process.confinement);
  }
  const auto paths = RecordingsOf(arguments.replay);
  if (!paths) return tl::unexpected(paths.error());
  return LoadReplay(*paths, *chosen, arguments.quiet, process.confinement->files());
}

OrFailure<Reads> ReadsOfSubject(const Arguments& arguments) {
  return Reads{.paths = arguments.replay, .machine = arguments.replay.empty()};
}

}  // namespace vtprobe
