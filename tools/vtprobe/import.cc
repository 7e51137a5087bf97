// vtprobe import: somebody else's recording as ours.

#include <fmt/format.h>

#include "command.h"
#include "dump_output.h"
#include "input.h"
#include "output.h"
#include "register_argument.h"
#include "vtprobe/import/explain.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("FILE", &arguments->files,
            "Files of one machine, a folder of them or an archive; - is standard input")
      .Required();
  options->Add("--from", &arguments->from, "The format, where the content does not tell")
      .Takes("FORMAT");
  options
      ->Add("--register", &arguments->msr, "The MSR that bare values are of, as rdmsr prints them")
      .Takes("REGISTER");
  options->AddFlag("--explain", &arguments->explain,
                   "What became of each line of a text, in place of the dump");
  DeclareRecording(options, arguments);
  options->AddFlag(
      "--scrub", &arguments->scrub,
      "Leave out what tells the machine from its twins: PPIN, serial numbers, host name, "
      "the name of the file; also of a recording by vtprobe");
  options->AddFlag("-q,--quiet", &arguments->quiet, "No notes on how the files were read");
  std::string formats = "Formats:\n";
  for (const import::Importer* const importer : import::AllImporters()) {
    formats += fmt::format("  {:<16} {}\n", importer->name, importer->title);
  }
  options->Footer(formats + "An output file whose name ends with .vtpb is written in binary.");
}

OrFailure<const import::Importer*> ImporterNamed(const std::string& name) {
  if (const import::Importer* const importer = import::FindImporter(name)) return importer;
  std::vector<std::string_view> names;
  for (const import::Importer* const importer : import::AllImporters()) {
    names.push_back(importer->name);
  }
  return Fails(kUsageError,
               fmt::format("there is no format {}; the nearest are {}; there are {}",
                           Printable(name), Enumerate(Nearest(name, names)), Enumerate(names)));
}

OrFailure<MsrAddress> MsrNamed(const std::string& name) {
  const auto reg = ParseRegister(name);
  if (!reg) return tl::unexpected(reg.error());
  if (const auto* const address = std::get_if<MsrAddress>(&*reg)) return *address;
  return Fails(kUsageError, fmt::format("--register {}: expected an MSR", Printable(name)));
}

std::string_view WordOf(import::Fate fate) {
  switch (fate) {
    case import::Fate::kNothing:
      return "";
    case import::Fate::kUsed:
      return "used";
    case import::Fate::kKnown:
      return "known";
    case import::Fate::kNotUnderstood:
      return "NOT UNDERSTOOD";
  }
  return "";
}

// Each line of a text with what became of it. The dump is not written.
OrFailure<int> Explain(const Arguments& arguments, const Process& process) {
  std::string text;
  std::size_t taken = 0;
  for (const std::string& path : arguments.files) {
    const auto content = ReadWhole(path, &process.confinement->files());
    if (!content) return tl::unexpected(content.error());
    if (arguments.files.size() > 1) text += fmt::format("{}\n", InputName(path));
    const auto imported = import::ExplainText(
        {InputName(path), *content},
        [&](std::size_t number, std::string_view line, import::Fate fate, std::string_view what) {
          text += fmt::format("{:>6}  {:<14}  {:<28}  {}\n", number, WordOf(fate), what,
                              Printable(line));
        });
    if (imported) {
      ++taken;
      if (!arguments.quiet) PrintNotes(*imported);
    } else if (!arguments.quiet) {
      PrintError(
          fmt::format("vtprobe: {}: {}\n", InputName(path), Printable(imported.error().message)));
    }
  }
  const auto written = process.output->Write(text);
  if (!written) return tl::unexpected(written.error());
  return taken > 0 ? 0 : kMalformedInput;
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  return Reads{.paths = arguments.files, .machine = false};
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  if (arguments.explain) return Explain(arguments, process);
  ReadingOptions options;
  if (arguments.from) {
    const auto importer = ImporterNamed(*arguments.from);
    if (!importer) return tl::unexpected(importer.error());
    options.importer = *importer;
  }
  if (arguments.msr) {
    const auto address = MsrNamed(*arguments.msr);
    if (!address) return tl::unexpected(address.error());
    options.import.msr = *address;
  }
  options.opened = &process.confinement->files();
  const auto recording = LoadRecording(arguments.files, options);
  if (!recording) return tl::unexpected(recording.error());
  const auto written = WriteDumpOutput(
      arguments.output,
      arguments.scrub ? registers::Scrubbed(recording->snapshot) : recording->snapshot,
      process.output);
  if (!written) return tl::unexpected(written.error());
  if (!arguments.quiet) PrintNotes(*recording);
  return 0;
}

}  // namespace

const Command kImport{.name = "import",
                      .summary = "Write another program's recording as a dump",
                      .declare = Declare,
                      .run = Run,
                      .reads = WhatIsRead,
                      .records = true};

}  // namespace vtprobe
