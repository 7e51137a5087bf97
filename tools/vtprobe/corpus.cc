// vtprobe corpus: what a folder of recordings covers, so that a gap is seen.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <tuple>

#include "command.h"
#include "input.h"
#include "output.h"
#include "recorded_machines.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

void Declare(CLI::App* app, Arguments* arguments) {
  app->add_option("FOLDER", arguments->folder,
                  "Recordings in any known format; by default those that come with vtprobe");
  DeclareOutput(app, arguments);
}

// The shipped recordings: where the program is installed, wherever that is by
// now, or where it was built.
OrFailure<std::string> ShippedRecordings() {
  namespace fs = std::filesystem;
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

// Machines of one design, in the order of the designs' families and models.
struct Generation {
  std::string vendor;
  std::uint32_t family = 0;
  std::string name;

  friend bool operator<(const Generation& a, const Generation& b) {
    return std::tie(a.vendor, a.family, a.name) < std::tie(b.vendor, b.family, b.name);
  }
};

struct Tally {
  std::size_t recordings = 0;
  std::array<std::size_t, kAllStates.size()> states{};

  void Add(State state) {
    ++recordings;
    ++states.at(static_cast<std::size_t>(state));
  }
};

using Table = std::map<Generation, Tally>;

Generation GenerationOf(const Subject& subject) {
  Generation generation;
  // Zhaoxin's own string is padded with blanks.
  const std::string vendor = subject.vendor.value_or("unknown");
  const std::size_t first = std::min(vendor.find_first_not_of(' '), vendor.size());
  generation.vendor = vendor.substr(first, vendor.find_last_not_of(' ') + 1 - first);
  generation.family = subject.family.value_or(0);
  if (subject.codename) {
    generation.name = *subject.codename;
  } else if (subject.family && subject.model_number) {
    generation.name =
        fmt::format("unknown (family {} model {:#x})", *subject.family, *subject.model_number);
  } else {
    generation.name = "unknown";
  }
  return generation;
}

// "enabled 3, disabled_locked 1"
std::string States(const Tally& tally) {
  std::string text;
  for (const State state : kAllStates) {
    const std::size_t count = tally.states.at(static_cast<std::size_t>(state));
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", Name(state), count);
  }
  return text;
}

std::string Render(const Table& table) {
  std::size_t vendor_width = std::string_view("vendor").size();
  std::size_t name_width = std::string_view("generation").size();
  Tally total;
  for (const auto& [generation, tally] : table) {
    vendor_width = std::max(vendor_width, generation.vendor.size());
    name_width = std::max(name_width, generation.name.size());
    total.recordings += tally.recordings;
    for (std::size_t i = 0; i < total.states.size(); ++i) total.states.at(i) += tally.states.at(i);
  }
  std::string text;
  const auto row = [&](std::string_view vendor, std::string_view name, const auto& recordings,
                       std::string_view states) {
    text += fmt::format("{:<{}}  {:<{}}  {:>10}  {}\n", vendor, vendor_width, name, name_width,
                        recordings, states);
    if (states.empty()) text.erase(text.size() - 3, 2);
  };
  row("vendor", "generation", "recordings", "state");
  for (const auto& [generation, tally] : table) {
    row(generation.vendor, generation.name, tally.recordings, States(tally));
  }
  row("all", "", total.recordings, States(total));

  std::string missing;
  for (const State state : kAllStates) {
    if (total.states.at(static_cast<std::size_t>(state)) != 0) continue;
    missing += fmt::format("{}{}", missing.empty() ? "" : ", ", Name(state));
  }
  if (!missing.empty()) text += fmt::format("No recording is {}.\n", missing);
  return text;
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto folder =
      arguments.folder ? OrFailure<std::string>(*arguments.folder) : ShippedRecordings();
  if (!folder) return tl::unexpected(folder.error());
  const auto machines = MachinesIn(*folder);
  if (!machines) return tl::unexpected(machines.error());

  Table table;
  std::size_t others = 0;
  std::string unreadable;
  for (const MachinePaths& paths : *machines) {
    const auto recording = LoadIfRecording(paths);
    if (!recording) {
      unreadable += recording.error().message + '\n';
    } else if (*recording) {
      const Report report = MakeReport((*recording)->snapshot, process.version, std::nullopt);
      table[GenerationOf(report.subject)].Add(report.virtualization.state);
    } else {
      ++others;
    }
  }
  std::string text = Render(table);
  if (others != 0) text += fmt::format("Files that are no recordings: {}.\n", others);
  const auto written = WriteOutput(arguments.output, text);
  if (!written) return tl::unexpected(written.error());
  if (unreadable.empty()) return 0;
  PrintError(unreadable);
  return kMalformedInput;
}

}  // namespace

const Command kCorpus{.name = "corpus",
                      .summary = "Which machines a folder of recordings covers, and in what state",
                      .declare = Declare,
                      .run = Run};

}  // namespace vtprobe
