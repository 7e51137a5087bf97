// vtprobe profile: the profiles that are shipped, and one made of a machine.

#include "vtprobe/probes/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "command.h"
#include "input.h"
#include "output.h"
#include "profile_argument.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("ACTION", &arguments->action,
            "list (the default); show NAME|FILE: all that it asks, with what it extends; "
            "check FILE: whether it is one, and what it counts; from DUMP: the profile that "
            "this recorded machine passes, to be edited")
      .Takes("");
  options->Add("NAME|FILE|DUMP", &arguments->operand, "A profile, or a recording").Takes("");
  DeclareOutput(options, arguments);
}

OrFailure<std::string> List() {
  std::size_t width = 0;
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    width = std::max(width, shipped.name.size());
  }
  std::string text;
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    const auto profile = LoadProfile(std::string(shipped.name));
    if (!profile) return tl::unexpected(profile.error());
    text += fmt::format("{:<{}}  {}\n", shipped.name, width, profile->title);
  }
  return text;
}

// A shipped one as it was written; a file together with what it extends.
OrFailure<std::string> Show(const std::string& name, const Process& process) {
  if (const ShippedProfile* const shipped = FindShippedProfile(name)) {
    return std::string(shipped->text);
  }
  return LoadProfile(name, &process.confinement->files()).map([](const Profile& profile) {
    return WriteProfile(profile);
  });
}

OrFailure<std::string> Check(const std::string& file, const Process& process) {
  const auto profile = LoadProfile(file, &process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());
  std::size_t waivers = 0;
  for (const auto& [rule, own] : profile->rules) waivers += own.waivers.size();
  const Expected& expected = profile->expected;
  return Printable(fmt::format(
             "{} is a profile, {}: {} rules count, {} waivers, {} expectations of "
             "its own.",
             InputName(file), profile->name, profile->rules.size(), waivers,
             expected.fields.size() + expected.counts.size() + expected.statements.size())) +
         '\n';
}

// "rack-12" of "dumps/rack-12.dump"; a recorded machine's folder gives it its
// name.
std::string NameOf(const std::string& path) {
  std::filesystem::path file(path);
  if (file.filename().empty()) file = file.parent_path();
  if (file.filename() == "machine.dump" && file.has_parent_path()) file = file.parent_path();
  const std::string name = Printable(file.stem().string());
  return path == "-" || name.empty() ? "golden" : name;
}

OrFailure<std::string> From(const std::string& path, const Process& process) {
  const auto recording = LoadRecording(
      {path}, {.importer = nullptr, .import = {}, .opened = &process.confinement->files()});
  if (!recording) return tl::unexpected(recording.error());
  PrintNotes(*recording);
  const Subject subject = MakeReport(recording->snapshot, process.version, InputName(path)).subject;
  const std::string machine =
      subject.model.value_or(subject.codename.value_or(subject.vendor.value_or("a machine")));
  return WriteProfile(
      ProfileOf(recording->snapshot, NameOf(path), Printable("What " + machine + " passes")),
      &recording->snapshot.metadata());
}

OrFailure<std::string> Answer(const Arguments& arguments, const Process& process) {
  const std::string action = arguments.action.value_or("list");
  if (action == "list") {
    if (arguments.operand) return Fails(kUsageError, "profile list takes nothing more");
    return List();
  }
  const bool is_known = action == "show" || action == "check" || action == "from";
  if (!is_known) {
    return Fails(kUsageError,
                 fmt::format("profile has no action {}; there are list, show, check and from",
                             Printable(action)));
  }
  if (!arguments.operand) {
    return Fails(kUsageError, fmt::format("profile {} needs a {}", action,
                                          action == "show"    ? "NAME or a FILE"
                                          : action == "check" ? "FILE"
                                                              : "DUMP"));
  }
  if (action == "show") return Show(*arguments.operand, process);
  return action == "check" ? Check(*arguments.operand, process) : From(*arguments.operand, process);
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  Reads reads;
  if (!arguments.operand) return reads;
  if (arguments.action == "from") {
    reads.paths.push_back(*arguments.operand);
  } else {
    AddReadsOfProfile(*arguments.operand, &reads);
  }
  return reads;
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto text = Answer(arguments, process);
  if (!text) return tl::unexpected(text.error());
  const auto written = process.output->Write(*text);
  if (!written) return tl::unexpected(written.error());
  return 0;
}

}  // namespace

const Command kProfile{.name = "profile",
                       .summary = "The profiles there are; the one that a golden machine passes",
                       .declare = Declare,
                       .run = Run,
                       .reads = WhatIsRead};

}  // namespace vtprobe
