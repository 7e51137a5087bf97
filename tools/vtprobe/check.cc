// vtprobe check: can this machine run hardware-assisted virtual machines, and
// if not, what brings that back?

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "identity/libcpuid_opinion.h"
#include "output.h"
#include "profile_argument.h"
#include "subject.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

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

void Declare(CLI::App* app, Arguments* arguments) {
  DeclareSubject(app, arguments);
  DeclareCapture(app, arguments);
  app->add_option(
         "--profile", arguments->profile,
         "What the machine is for: a shipped profile (vtprobe profile lists them) or a file")
      ->type_name("NAME|FILE");
  DeclareFormat(app, arguments);
  DeclareOutput(app, arguments);
  DeclareStyle(app, arguments);
  app->footer(
      "Exit status:\n"
      "  0  usable on every CPU, and all that the profile counts passes\n"
      "  1  not usable: disabled, restricted, not locked, or CPUs disagree;\n"
      "     or a rule that the profile counts fails\n"
      "  2  can't be determined; the answer says why and what to do\n"
      "  3  this CPU does not offer it\n"
      "  64 usage, 65 malformed input, 66 input not found, 74 output failed");
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
  return ReadsOfSubject(arguments).map([&](Reads&& reads) {
    if (arguments.profile) reads.paths.push_back(*arguments.profile);
    return std::move(reads);
  });
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto format = FormatNamed(arguments.format);
  if (!format) return tl::unexpected(format.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const auto subject = LoadSubjectWithEarlier(
      arguments, process, [] { return CapturePlan{.registers = CheckedRegisters()}; });
  if (!subject) return tl::unexpected(subject.error());
  // A profile is parsed when rights have been given up, as a recording is.
  const auto profile = ChosenProfileOf(arguments, process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());

  Report report = MakeReport(subject->snapshot, process.version, subject->source,
                             *profile ? &**profile : nullptr, subject->earlier);
  report.subject.codename_doubt = CodenameDoubt(subject->snapshot, report.subject);
  const auto written = process.output->Write(format->render(report, *style));
  if (!written) return tl::unexpected(written.error());
  return report.exit_code;
}

}  // namespace

const Command kCheck{.name = "check",
                     .summary = "Is hardware virtualization usable on every CPU? (the default)",
                     .declare = Declare,
                     .run = Run,
                     .reads = WhatIsRead};

}  // namespace vtprobe
