// vtprobe diff: what changed from one recording of a machine to another, or to
// the machine as it is now.

#include <fmt/format.h>

#include <string>

#include "command.h"
#include "output.h"
#include "subject.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/report/difference.h"

namespace vtprobe {
namespace {

constexpr int kSame = 0;
constexpr int kDiffer = 1;

void Declare(CLI::App* app, Arguments* arguments) {
  app->add_option("FILE", arguments->files,
                  "The recording before and the one after; without the second, this machine")
      ->required()
      ->type_name("");
  DeclareCpus(app, arguments);
  DeclareFormat(app, arguments);
  DeclareCapture(app, arguments);
  DeclareOutput(app, arguments);
  DeclareStyle(app, arguments);
  app->footer(
      "Exit status:\n"
      "  0  nothing differs\n"
      "  1  something does\n"
      "  64 usage, 65 malformed recording, 66 recording not found, 74 output failed");
}

// This machine is read as fully as a recording is.
OrFailure<LoadedSubject> Load(Arguments arguments, const Process& process,
                              const std::optional<std::string>& file) {
  if (file) arguments.replay = {*file};
  return LoadSubject(arguments, process, [] {
    return CapturePlan{.registers = RecordedRegisters(/*identifiers=*/false), .all_cpuid = true};
  });
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  return Reads{.paths = arguments.files, .machine = arguments.files.size() == 1};
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const std::size_t count = arguments.files.size();
  if (count > 2) {
    return Fails(kUsageError, fmt::format("diff takes two recordings, not {}", count));
  }
  if (count == 2 && arguments.files[0] == "-" && arguments.files[1] == "-") {
    return Fails(kUsageError, "standard input can be read once: name a file for one of the two");
  }
  const auto as_json = WantsJson(arguments);
  if (!as_json) return tl::unexpected(as_json.error());
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  // This machine first: a recording is parsed when rights have been given up.
  OrFailure<LoadedSubject> after = LoadedSubject();
  if (count == 1) after = Load(arguments, process, std::nullopt);
  if (!after) return tl::unexpected(after.error());
  const auto before = Load(arguments, process, arguments.files[0]);
  if (!before) return tl::unexpected(before.error());
  if (count == 2) after = Load(arguments, process, arguments.files[1]);
  if (!after) return tl::unexpected(after.error());

  const Difference difference = Compare({before->source.value_or("this machine"), before->snapshot},
                                        {after->source.value_or("this machine"), after->snapshot});
  const int exit_code = difference.empty() ? kSame : kDiffer;
  const auto written =
      process.output->Write(*as_json ? RenderDifferenceJson(difference, process.version, exit_code)
                                     : RenderDifferenceText(difference, *style));
  if (!written) return tl::unexpected(written.error());
  return exit_code;
}

}  // namespace

const Command kDiff{.name = "diff",
                    .summary = "What changed from one recording to another",
                    .declare = Declare,
                    .run = Run,
                    .reads = WhatIsRead};

}  // namespace vtprobe
