// vtprobe diff: what changed from one recording of a machine to another, or to
// the machine as it is now.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "command.h"
#include "output.h"
#include "profile_argument.h"
#include "register_argument.h"
#include "subject.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

constexpr int kSame = 0;
constexpr int kDiffer = 1;

void Declare(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("FILE", &arguments->files,
            "The recording before and the one after; without the second, this machine")
      .Required()
      .Takes("");
  DeclareCpus(options, arguments);
  options
      ->Add("--format", &arguments->format,
            "Form of the answer: text (default), json, markdown: a release note, or html: the same "
            "as a page")
      .Takes("FORMAT");
  options
      ->Add("--fail-on", &arguments->fail_on,
            "What has to differ for exit status 1: any (default); registers: what was read "
            "of the CPUs; worse: a rule that fares worse, a lock or a CPU that is gone")
      .Takes("WHAT");
  options
      ->Add("--ignore", &arguments->ignored,
            "Not this register, or this field of it; may be given several times")
      .Takes("REGISTER[.FIELD]")
      .OneValueEach();
  options
      ->Add("--profile", &arguments->profile,
            "What the machine is for: only rules that it counts make it worse, and what it "
            "waives is waived")
      .Takes("NAME|FILE");
  DeclareCapture(options, arguments);
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer(
      "Exit status:\n"
      "  0  nothing of what --fail-on names differs\n"
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
  Reads reads{.paths = arguments.files, .machine = arguments.files.size() == 1};
  if (arguments.profile) AddReadsOfProfile(*arguments.profile, &reads);
  return reads;
}

enum class Format : std::uint8_t { kText, kJson, kMarkdown, kHtml };

// A word of a list, by its place there.
template <typename Choice, std::size_t kSize>
OrFailure<Choice> Chosen(std::string_view what, const std::string& word,
                         const std::array<std::pair<std::string_view, Choice>, kSize>& choices) {
  std::vector<std::string_view> words;
  for (const auto& [name, choice] : choices) {
    if (name == word) return choice;
    words.push_back(name);
  }
  return Fails(kUsageError, fmt::format("there is no {} {}; there are {}", what, Printable(word),
                                        Enumerate(words)));
}

OrFailure<Format> FormatOf(const Arguments& arguments) {
  constexpr std::array kFormats = {std::pair(std::string_view("text"), Format::kText),
                                   std::pair(std::string_view("json"), Format::kJson),
                                   std::pair(std::string_view("markdown"), Format::kMarkdown),
                                   std::pair(std::string_view("html"), Format::kHtml)};
  return Chosen("format", arguments.format, kFormats);
}

OrFailure<FailOn> FailOnOf(const Arguments& arguments) {
  constexpr std::array kWhat = {std::pair(std::string_view("any"), FailOn::kAny),
                                std::pair(std::string_view("registers"), FailOn::kReadings),
                                std::pair(std::string_view("worse"), FailOn::kWorse)};
  return Chosen("--fail-on", arguments.fail_on, kWhat);
}

OrFailure<std::vector<IgnoredBits>> IgnoredOf(const Arguments& arguments) {
  std::vector<IgnoredBits> ignored;
  for (const std::string& text : arguments.ignored) {
    const auto named = ParseRegisterField(text);
    if (!named) return tl::unexpected(named.error());
    IgnoredBits bits{named->reg};
    if (named->field) bits.mask = named->field->mask();
    ignored.push_back(bits);
  }
  return ignored;
}

std::string Rendered(const Difference& difference, Format format, const RenderOptions& style,
                     std::string_view version, int exit_code) {
  switch (format) {
    case Format::kText:
      return RenderDifferenceText(difference, style);
    case Format::kJson:
      return RenderDifferenceJson(difference, version, exit_code);
    case Format::kMarkdown:
      return RenderDifferenceMarkdown(difference);
    case Format::kHtml:
      return RenderDifferenceHtml(difference, version);
  }
  return {};
}

// The two, the one before first.
OrFailure<std::pair<LoadedSubject, LoadedSubject>> LoadBoth(const Arguments& arguments,
                                                            const Process& process) {
  // This machine first: a recording is parsed when rights have been given up.
  const bool is_live = arguments.files.size() == 1;
  OrFailure<LoadedSubject> after = LoadedSubject();
  if (is_live) after = Load(arguments, process, std::nullopt);
  if (!after) return tl::unexpected(after.error());
  auto before = Load(arguments, process, arguments.files[0]);
  if (!before) return tl::unexpected(before.error());
  if (!is_live) after = Load(arguments, process, arguments.files[1]);
  if (!after) return tl::unexpected(after.error());
  return std::pair(*std::move(before), *std::move(after));
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const std::size_t count = arguments.files.size();
  if (count > 2) {
    return Fails(kUsageError, fmt::format("diff takes two recordings, not {}", count));
  }
  if (count == 2 && arguments.files[0] == "-" && arguments.files[1] == "-") {
    return Fails(kUsageError, "standard input can be read once: name a file for one of the two");
  }
  const auto format = FormatOf(arguments);
  if (!format) return tl::unexpected(format.error());
  const auto fail_on = FailOnOf(arguments);
  if (!fail_on) return tl::unexpected(fail_on.error());
  CompareOptions options;
  auto ignored = IgnoredOf(arguments);
  if (!ignored) return tl::unexpected(ignored.error());
  options.ignored = *std::move(ignored);
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  const auto both = LoadBoth(arguments, process);
  if (!both) return tl::unexpected(both.error());
  const auto profile = ChosenProfileOf(arguments, process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());
  if (*profile) options.profile = &**profile;

  const auto& [before, after] = *both;
  const Difference difference =
      Compare({before.source.value_or("this machine"), before.snapshot},
              {after.source.value_or("this machine"), after.snapshot}, options);
  const int exit_code = Differs(difference, *fail_on) ? kDiffer : kSame;
  const auto written =
      process.output->Write(Rendered(difference, *format, *style, process.version, exit_code));
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
