#include "subject.h"

#include <fmt/format.h>

#include <utility>

#include "input.h"
#include "sequence.h"
#include "this_machine.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

std::string Listed(const CpuSet& cpus) { return cpus.empty() ? "none" : cpus.ToString(); }

OrFailure<void> CheckPresent(const CpuSet& chosen, const CpuSet& online, const CpuSet& offline,
                             const std::string& where) {
  const CpuSet missing = chosen.Difference(online).Difference(offline);
  if (missing.empty()) return {};
  return Fails(kUsageError, fmt::format("--cpus {}: {} has no CPU {}; online are {}, offline {}",
                                        chosen.ToString(), where, missing.ToString(),
                                        Listed(online), Listed(offline)));
}

// What tells machines apart in every recording that was made of more than MSRs.
std::string CpuText(const Subject& subject) {
  return fmt::format("{} {}", subject.vendor.value_or("unknown"),
                     subject.family
                         ? fmt::format("family {:#x} model {:#x} stepping {:#x}", *subject.family,
                                       *subject.model_number, *subject.stepping)
                         : "unknown");
}

template <typename T>
bool Differ(const std::optional<T>& a, const std::optional<T>& b) {
  return a && b && *a != *b;
}

bool AreOfOneMachine(const Subject& a, const Subject& b) {
  return !Differ(a.vendor, b.vendor) && !Differ(a.family, b.family) &&
         !Differ(a.model_number, b.model_number) && !Differ(a.stepping, b.stepping);
}

OrFailure<void> CheckOneMachine(const std::vector<std::string>& paths,
                                const LoadedSubject& loaded) {
  const Subject last = IdentifySubject(loaded.snapshot);
  for (std::size_t i = 0; i < loaded.earlier.size(); ++i) {
    const Subject earlier = IdentifySubject(loaded.earlier[i]);
    if (AreOfOneMachine(earlier, last)) continue;
    return Fails(kUsageError,
                 fmt::format("{} ({}) and {} ({}) are no recordings of one machine; without "
                             "--replay each is a machine of its own",
                             InputName(paths[i]), Printable(CpuText(earlier)),
                             InputName(paths.back()), Printable(CpuText(last))));
  }
  return {};
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

OrFailure<LoadedSubject> LoadTogether(const std::vector<std::string>& paths, const HowToLoad& how) {
  auto recording = LoadRecording(paths, {.import = {}, .opened = how.opened});
  if (!recording) return tl::unexpected(recording.error());
  auto snapshot = ChosenPart(paths.front(), *std::move(recording), how);
  if (!snapshot) return tl::unexpected(snapshot.error());
  const std::string more =
      paths.size() == 1 ? std::string() : fmt::format(" and {} more", paths.size() - 1);
  return LoadedSubject{*std::move(snapshot), InputName(paths.front()) + more, {}};
}

}  // namespace

OrFailure<std::optional<CpuSet>> ChosenCpus(const Arguments& arguments) {
  if (!arguments.cpus) return std::nullopt;
  auto cpus = CpuSet::Parse(*arguments.cpus);
  if (!cpus) {
    return Fails(kUsageError, fmt::format("--cpus {}: column {}: {}", Printable(*arguments.cpus),
                                          cpus.error().offset + 1, cpus.error().message));
  }
  return *std::move(cpus);
}

OrFailure<PlatformSnapshot> ChosenPart(const std::string& path, import::Imported recording,
                                       const HowToLoad& how) {
  if (!how.is_quiet) PrintNotes(recording, how.names_files ? InputName(path) : std::string());
  if (!how.cpus) return std::move(recording.snapshot);
  const PlatformSnapshot& all = recording.snapshot;
  const auto present = CheckPresent(*how.cpus, all.online(), all.offline(), InputName(path));
  if (!present) return tl::unexpected(present.error());
  return all.RestrictedTo(*how.cpus);
}

OrFailure<LoadedSubject> LoadSequence(const std::vector<std::string>& paths, const HowToLoad& how) {
  LoadedSubject subject;
  import::Allowance allowance;  // of all of them: they are held together
  for (const std::string& path : paths) {
    auto recording =
        LoadRecording({path}, {.import = {}, .opened = how.opened, .allowance = &allowance});
    if (!recording) return tl::unexpected(recording.error());
    auto snapshot = ChosenPart(path, *std::move(recording), how);
    if (!snapshot) return tl::unexpected(snapshot.error());
    if (&path == &paths.back()) {
      subject.snapshot = *std::move(snapshot);
      subject.source = InputName(path);
    } else {
      subject.earlier.push_back(*std::move(snapshot));
    }
  }
  const auto fits = CheckOneMachine(paths, subject);
  if (!fits) return tl::unexpected(fits.error());
  return subject;
}

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
  const HowToLoad how{
      .cpus = *chosen, .is_quiet = arguments.quiet, .opened = &process.confinement->files()};
  if (arguments.together) return LoadTogether(arguments.replay, how);
  const auto paths = RecordingsOf(arguments.replay);
  if (!paths) return tl::unexpected(paths.error());
  return LoadSequence(*paths, how);
}

OrFailure<Reads> ReadsOfSubject(const Arguments& arguments) {
  std::vector<std::string> paths = arguments.replay;
  paths.insert(paths.end(), arguments.files.begin(), arguments.files.end());
  const bool is_live = paths.empty();
  return Reads{.paths = std::move(paths), .machine = is_live};
}

}  // namespace vtprobe
