// vtprobe corpus: what many recordings cover, so that a gap is seen, and which
// machines stand out.

#include "vtprobe/report/corpus.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "command.h"
#include "corpus_judge.h"
#include "output.h"
#include "progress.h"
#include "recorded_machines.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

namespace fs = std::filesystem;

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("RECORDINGS", &arguments->folder,
            "A folder of recordings in any known format, or an archive of one: tar, also "
            "compressed with gzip, bzip2, xz or zstd; - is an archive on standard input. By "
            "default those that come with vtprobe")
      .Takes("FOLDER|ARCHIVE");
  options->Add("--format", &arguments->format, "Form of the answer: text (default), json")
      .Takes("FORMAT");
  options->AddFlag("-v,--verbose", &arguments->verbose,
                   "Also name the recordings by which it is not usable, or not known to be");
  DeclareOutput(options, arguments);
}

// The shipped recordings: where the program is installed, wherever that is by
// now, or where it was built.
OrFailure<std::string> ShippedRecordings() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed =
      (program.parent_path() / VTPROBE_DUMPS_FROM_PROGRAM).lexically_normal();
  for (const fs::path& folder : {installed, fs::path(VTPROBE_SOURCE_DUMPS)}) {
    if (fs::is_directory(folder, ignored)) return folder.string();
  }
  return Fails(kInputMissing, fmt::format("can't read {}: it is not installed; name a FOLDER",
                                          Printable(installed.string())));
}

OrFailure<std::string> FolderOf(const Arguments& arguments) {
  return arguments.folder ? OrFailure<std::string>(*arguments.folder) : ShippedRecordings();
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  return FolderOf(arguments).map(
      [](std::string path) { return Reads{.paths = {std::move(path)}}; });
}

OrFailure<ArchiveSummary> AddMachines(const std::string& path, const OpenedFiles& opened,
                                      CorpusJudge* judge) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return ReadArchive(path, opened, [&](FoundMachine machine) { judge->Add(std::move(machine)); });
  }
  auto machines = MachinesIn(path);
  if (!machines) return tl::unexpected(machines.error());
  for (MachinePaths& paths : *machines) {
    std::string name = paths.front();
    judge->Add({std::move(name), std::move(paths)});
  }
  return ArchiveSummary();
}

std::string ComplaintsText(const CorpusJudge::Result& result) {
  std::string text;
  for (const auto& [number, message] : result.complaints) text += message + '\n';
  const std::size_t more = result.corpus.malformed - result.complaints.size();
  if (more != 0) text += fmt::format("vtprobe: and {} more that can't be read\n", more);
  return text;
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto as_json = WantsJson(arguments);
  if (!as_json) return tl::unexpected(as_json.error());
  const auto path = FolderOf(arguments);
  if (!path) return tl::unexpected(path.error());

  CorpusJudge::Result result;
  {
    Progress progress("recordings read");
    CorpusJudge judge(arguments.verbose, progress.Callback());
    const auto summary = AddMachines(*path, process.confinement->files(), &judge);
    if (!summary) return tl::unexpected(summary.error());
    result = judge.Finish();
    result.corpus.links = summary->links;
  }
  const int exit_code = result.corpus.malformed == 0 ? 0 : kMalformedInput;
  const auto written =
      process.output->Write(*as_json ? RenderCorpusJson(result.corpus, process.version, exit_code)
                                     : RenderCorpusText(result.corpus));
  if (!written) return tl::unexpected(written.error());
  PrintError(ComplaintsText(result));
  return exit_code;
}

}  // namespace

const Command kCorpus{.name = "corpus",
                      .summary = "Which machines many recordings cover, and in what state",
                      .declare = Declare,
                      .run = Run,
                      .reads = WhatIsRead};

}  // namespace vtprobe
