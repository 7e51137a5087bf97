#include "subject.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "input.h"
#include "live_machine.h"
#include "output.h"
#include "sequence.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/registers/same_cpus.h"
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
struct Make {
  Subject cpu;
  std::optional<std::string_view> board;

  explicit Make(const PlatformSnapshot& snapshot)
      : cpu(IdentifySubject(snapshot)), board(snapshot.metadata().Get(meta::kBoard)) {}

  std::string Text() const {
    return fmt::format("{} {}{}", cpu.vendor.value_or("unknown"),
                       SignatureText(cpu).value_or("unknown"),
                       board ? fmt::format(" on {}", *board) : "");
  }
};

template <typename T>
bool Differ(const std::optional<T>& a, const std::optional<T>& b) {
  return a && b && *a != *b;
}

bool AreOfOneMachine(const Make& a, const Make& b) {
  return !Differ(a.cpu.vendor, b.cpu.vendor) && !Differ(a.cpu.family, b.cpu.family) &&
         !Differ(a.cpu.model_number, b.cpu.model_number) &&
         !Differ(a.cpu.stepping, b.cpu.stepping) && !Differ(a.board, b.board);
}

OrFailure<void> CheckOneMachine(const std::vector<std::string>& paths,
                                const LoadedSubject& loaded) {
  const Make last(loaded.snapshot);
  for (std::size_t i = 0; i < loaded.earlier.size(); ++i) {
    const Make earlier(loaded.earlier[i]);
    if (AreOfOneMachine(earlier, last)) continue;
    return Fails(kUsageError,
                 fmt::format("{} ({}) and {} ({}) are no recordings of one machine; without "
                             "--replay each is a machine of its own",
                             InputName(paths[i]), Printable(earlier.Text()),
                             InputName(paths.back()), Printable(last.Text())));
  }
  return {};
}

// When it was recorded, if it says so in the one form that dumps have, of which
// the earlier is the smaller text. [recorded-msr-dumps/FORMAT.md]
std::optional<std::string_view> TimeOf(const PlatformSnapshot& snapshot) {
  const auto time = snapshot.metadata().Get(meta::kTime);
  constexpr std::string_view kForm = "2026-11-29T07:00:00Z";
  if (!time || time->size() != kForm.size() || !time->ends_with('Z')) return std::nullopt;
  return time;
}

// Words about recordings that are not given in the order of their times: who set
// what is told by the order.
void CheckOrder(const std::vector<std::string>& paths, const LoadedSubject& loaded) {
  for (std::size_t i = 0; i < loaded.earlier.size(); ++i) {
    const PlatformSnapshot& next =
        i + 1 < loaded.earlier.size() ? loaded.earlier[i + 1] : loaded.snapshot;
    const auto time = TimeOf(loaded.earlier[i]);
    const auto time_of_next = TimeOf(next);
    if (!time || !time_of_next || *time <= *time_of_next) continue;
    PrintError(fmt::format(
        "vtprobe: note: {} says that it was recorded at {}, and {}, which stands behind it, at {}: "
        "the earliest is to be named first\n",
        InputName(paths[i]), Printable(*time), InputName(paths[i + 1]), Printable(*time_of_next)));
  }
}

// Gives the CPUs of all recordings the numbers that they have in the last, and notes of
// which these are others.
std::vector<std::string> NumberAlike(const std::vector<std::string>& paths,
                                     std::vector<import::Imported>* recordings) {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i + 1 < recordings->size(); ++i) {
    auto& earlier = recordings->at(i).snapshot;
    auto numbered = registers::NumberedLike(earlier, recordings->back().snapshot);
    if (!numbered) continue;
    earlier = *std::move(numbered);
    notes.push_back(
        fmt::format("{} and {} number CPUs differently; they are matched by APIC id, and "
                    "have the numbers of the latter",
                    InputName(paths[i]), InputName(paths.back())));
  }
  return notes;
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

OrFailure<HostContext> ChosenHost(const std::optional<CpuSet>& chosen) {
  auto host = DescribeLiveMachine();
  if (!host || !chosen) return host;
  const auto present = CheckPresent(*chosen, host->online, host->offline, "this machine");
  if (!present) return tl::unexpected(present.error());
  host->online = host->online.Intersection(*chosen);
  host->offline = host->offline.Intersection(*chosen);
  return host;
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
  import::Allowance allowance;  // of all of them: they are held together
  std::vector<import::Imported> recordings;
  for (const std::string& path : paths) {
    auto recording =
        LoadRecording({path}, {.import = {}, .opened = how.opened, .allowance = &allowance});
    if (!recording) return tl::unexpected(recording.error());
    recordings.push_back(*std::move(recording));
  }
  LoadedSubject subject;
  subject.notes = NumberAlike(paths, &recordings);
  if (!how.is_quiet) {
    for (const std::string& note : subject.notes) {
      PrintError(fmt::format("vtprobe: note: {}\n", note));
    }
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto snapshot = ChosenPart(paths[i], std::move(recordings[i]), how);
    if (!snapshot) return tl::unexpected(snapshot.error());
    if (i + 1 == paths.size()) {
      subject.snapshot = *std::move(snapshot);
      subject.source = InputName(paths[i]);
    } else {
      subject.earlier.push_back(*std::move(snapshot));
      subject.earlier_names.push_back(InputName(paths[i]));
    }
  }
  const auto fits = CheckOneMachine(paths, subject);
  if (!fits) return tl::unexpected(fits.error());
  if (!how.is_quiet) CheckOrder(paths, subject);
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
    const auto host = ChosenHost(*chosen);
    if (!host) return tl::unexpected(host.error());
    auto snapshot = ReadLiveMachine(plan, *host, process.confinement, arguments.watch_smi);
    if (!snapshot) return tl::unexpected(snapshot.error());
    return LoadedSubject{*std::move(snapshot), std::nullopt, {}};
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
