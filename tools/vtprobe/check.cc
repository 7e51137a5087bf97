// vtprobe check: can this machine run hardware-assisted virtual machines, and
// if not, what brings that back?

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "command.h"
#include "each_machine.h"
#include "identity/libcpuid_opinion.h"
#include "live_machine.h"
#include "output.h"
#include "profile_argument.h"
#include "progress.h"
#include "subject.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/proof/recorded_proof.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"
#include "vtprobe/report/report_set.h"

namespace vtprobe {
namespace {

OrFailure<ReportFormat> FormatNamed(const std::string& name) {
  std::vector<std::string_view> names;
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == name) return format;
    names.push_back(format.name);
  }
  return Fails(kUsageError, fmt::format("there is no format {}; there are {}", Printable(name),
                                        Enumerate(names)));
}

// ", junit, tap" of those behind the first two, which every command has.
std::string OtherFormats() {
  std::string others;
  for (const ReportFormat& format : ReportFormats().subspan(2)) {
    others.append(", ").append(format.name);
  }
  return others;
}

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("FILE", &arguments->files,
            "Recordings in any known format, folders and archives of them: each recording is "
            "a machine, and one report answers for all; - is standard input")
      .Takes("");
  DeclareSubject(options, arguments);
  DeclareCapture(options, arguments);
  DeclareWatch(options, arguments);
  options->AddFlag("--prove", &arguments->proves,
                   "Run a guest on every CPU as well, and hold the registers against what it "
                   "shows: needs /dev/kvm");
  options
      ->Add("--profile", &arguments->profile,
            "What the machine is for: a shipped profile (vtprobe profile lists them) or a file")
      .Takes("NAME|FILE");
  DeclareFormat(options, arguments, OtherFormats());
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer(
      "Exit status:\n"
      "  0  usable on every CPU, and all that the profile counts passes\n"
      "  1  not usable: disabled, restricted, not locked, or CPUs disagree;\n"
      "     or a rule that the profile counts fails\n"
      "  2  can't be determined; the answer says why and what to do\n"
      "  3  this CPU does not offer it\n"
      "With --prove, 1 also if a guest is refused or goes wrong on some CPU; 0 also if a\n"
      "switch could not be read and guests ran on all CPUs by a KVM that needs it.\n"
      "  64 usage, 65 malformed input, 66 input not found, 74 output failed\n"
      "Of several machines: 65 or 66 if one can't be read, else 1, 2, 3 or 0, the first\n"
      "of these that one has. The format nagios ends as a plugin does: 0 OK, 2 CRITICAL,\n"
      "3 UNKNOWN.");
}

// From the leaves that a check reads: what a fuller recording also holds must
// not change the answer.
std::optional<std::string> CodenameDoubt(const PlatformSnapshot& snapshot, const Subject& subject) {
  const Selection identity = IdentityRegisters();
  const std::vector<SnapshotRow> rows = snapshot.Rows(identity);
  if (rows.empty() || !subject.codename) return std::nullopt;
  const auto doubt = LibcpuidDoubt(rows.front(), *subject.codename);
  if (!doubt) return std::nullopt;
  return "libcpuid says " + *doubt;
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  if (arguments.proves && !(arguments.replay.empty() && arguments.files.empty())) {
    return Fails(kUsageError, "--prove runs guests on this machine: a recording can't");
  }
  if (arguments.watch_smi != 0 && !(arguments.replay.empty() && arguments.files.empty())) {
    return Fails(kUsageError,
                 "--watch-smi counts interrupts of this machine: a recording has those that were "
                 "counted when it was made (record --watch-smi)");
  }
  return ReadsOfSubject(arguments).map([&](Reads&& reads) {
    if (arguments.profile) AddReadsOfProfile(*arguments.profile, &reads);
    reads.proves = arguments.proves;
    return std::move(reads);
  });
}

// What all machines are judged and shown by.
struct Way {
  ReportFormat format;
  RenderOptions style;
  std::optional<Profile> profile;
  std::string_view version;

  Report Judge(const LoadedSubject& subject, std::optional<std::string> file) const {
    Report report = MakeReport(subject.snapshot, version, std::move(file),
                               profile ? &*profile : nullptr, subject.earlier);
    report.notes = subject.notes;
    report.subject.codename_doubt = CodenameDoubt(subject.snapshot, report.subject);
    if (format.shows_registers) {
      AddRegisters(subject.snapshot, &report);
      AddEarlier(subject.earlier, subject.earlier_names, profile ? &*profile : nullptr, &report);
    }
    if (format.shows_recording) {
      report.recording = std::make_shared<const PlatformSnapshot>(subject.snapshot);
    }
    return report;
  }
};

OrFailure<int> Write(Output* output, const std::string& text, int exit_code) {
  return output->Write(text).map([&] { return exit_code; });
}

// Words and places of what can't be read, as they would be of one alone.
void Complain(const ReportSet& set) {
  for (const auto& machine : set.machines) {
    const auto* const unread = std::get_if<UnreadRecording>(&machine);
    if (unread == nullptr) continue;
    const bool has_place = unread->exit_code == kMalformedInput;
    PrintError(fmt::format("{}{}\n", has_place ? "" : "vtprobe: ", unread->why));
  }
}

OrFailure<int> Answer(const Report& report, const Process& process, const Way& way) {
  return Write(process.output, way.format.render(report, way.style),
               way.format.exit_codes.of_one(report));
}

// Of the recordings of one machine one can't be read: for some formats that is an answer.
OrFailure<int> AnswerForUnread(const Failure& failure, const std::vector<std::string>& files,
                               const Process& process, const Way& way) {
  const bool is_unread =
      failure.exit_status == kMalformedInput || failure.exit_status == kInputMissing;
  if (!is_unread || !way.format.exit_codes.answer_for_unread) return tl::unexpected(failure);
  ReportSet set;
  set.tool_version = way.version;
  set.machines.emplace_back(UnreadRecording{fmt::format("{}", fmt::join(files, " ")),
                                            failure.message, failure.exit_status});
  return Write(process.output, way.format.render_set(set, way.style),
               way.format.exit_codes.of_several(set));
}

OrFailure<int> CheckEach(const Arguments& arguments, const Process& process, const Way& way) {
  const auto cpus = ChosenCpus(arguments);
  if (!cpus) return tl::unexpected(cpus.error());
  ReportSet set;
  set.tool_version = way.version;
  std::optional<Failure> failure;  // of the last that could not be read
  bool is_one = arguments.files.size() == 1;
  Progress progress("recordings judged");
  const auto show = progress.Callback();
  const auto not_recordings = ForEachMachine(
      arguments.files,
      {.cpus = *cpus, .is_quiet = arguments.quiet, .opened = &process.confinement->files()},
      [&](NamedMachine machine) {
        is_one = is_one && machine.is_named;
        if (machine.subject) {
          set.machines.emplace_back(way.Judge(*machine.subject, machine.name));
        } else {
          failure = machine.subject.error();
          set.machines.emplace_back(
              UnreadRecording{machine.name, failure->message, failure->exit_status});
        }
        if (show) show(set.machines.size());
      });
  if (!not_recordings) {
    return AnswerForUnread(not_recordings.error(), arguments.files, process, way);
  }
  if (is_one) {
    if (failure) return AnswerForUnread(*failure, arguments.files, process, way);
    return Answer(std::get<Report>(set.machines.front()), process, way);
  }
  set.not_recordings = *not_recordings;
  auto written = Write(process.output, way.format.render_set(set, way.style),
                       way.format.exit_codes.of_several(set));
  if (written) Complain(set);
  return written;
}

OrFailure<int> CheckOne(const LoadedSubject& subject, const Process& process, const Way& way) {
  return Answer(way.Judge(subject, subject.source), process, way);
}

// All of CPUID is compared between CPUs. What a file expects is known when it is
// parsed, which is after this machine has been read: so as much of the machine is
// read as a recording has.
CapturePlan PlanFor(const Arguments& arguments) {
  if (!arguments.profile || FindShippedProfile(*arguments.profile) != nullptr) {
    return {.registers = CheckedRegisters(), .all_cpuid = true};
  }
  return {.registers = RecordedRegisters(/*identifiers=*/false), .all_cpuid = true};
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto format = FormatNamed(arguments.format);
  if (!format) return tl::unexpected(format.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  if (!arguments.files.empty() && !arguments.replay.empty()) {
    return Fails(kUsageError,
                 "name recordings by themselves, each a machine, or behind --replay, all of one");
  }
  Way way{*format, *style, std::nullopt, process.version};
  std::optional<LoadedSubject> subject;
  const auto proof = ProveIfAsked(arguments);
  if (!proof) return tl::unexpected(proof.error());
  if (arguments.files.empty()) {
    auto loaded = LoadSubjectWithEarlier(arguments, process, [&] { return PlanFor(arguments); });
    if (!loaded) return AnswerForUnread(loaded.error(), arguments.replay, process, way);
    subject = *std::move(loaded);
    if (*proof) RecordProof(**proof, &subject->snapshot.mutable_metadata());
  }
  // A profile is parsed when rights have been given up, as a recording is.
  auto profile = ChosenProfileOf(arguments, process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());
  way.profile = *std::move(profile);
  return subject ? CheckOne(*subject, process, way) : CheckEach(arguments, process, way);
}

}  // namespace

const Command kCheck{.name = "check",
                     .summary = "Is hardware virtualization usable on every CPU? (the default)",
                     .declare = Declare,
                     .run = Run,
                     .reads = WhatIsRead};

}  // namespace vtprobe
