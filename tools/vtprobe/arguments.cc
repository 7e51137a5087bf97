#include "arguments.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "utc_time.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {

void DeclareSubject(CommandOptions* options, Arguments* arguments) {
  DeclaredOption const replay =
      options
          ->Add("--replay", &arguments->replay,
                "Judge this recording, in any known format, instead of the machine; - is "
                "standard input. "
                "A check takes several of one machine, the earliest first")
          .Takes("FILE")
          .OneValueEach();
  options
      ->AddFlag("--together", &arguments->together,
                "The recordings are of one machine at one moment, by several tools: they are made "
                "one")
      .Needs(replay);
  DeclareCpus(options, arguments);
}

void DeclareCpus(CommandOptions* options, Arguments* arguments) {
  options->Add("--cpus", &arguments->cpus, "Only these CPUs, such as 0-3,8").Takes("LIST");
}

void DeclareCapture(CommandOptions* options, Arguments* arguments) {
  options->AddFlag("--sequential", &arguments->sequential,
                   "Read one CPU after the other, for hosts that parallel reads would disturb");
}

void DeclareWatch(CommandOptions* options, Arguments* arguments) {
  constexpr unsigned kHour = 3600;
  options
      ->Add("--watch-smi", &arguments->watch_smi,
            "Also count this machine's system-management interrupts for so many seconds, up to "
            "an hour; Ctrl-C ends that early")
      .Between(1, kHour)
      .Takes("SECONDS");
}

void DeclareFormat(CommandOptions* options, Arguments* arguments, std::string_view others) {
  options
      ->Add("--format", &arguments->format,
            fmt::format("Form of the answer: text (default), json{}", others))
      .Takes("FORMAT");
}

void DeclareOutput(CommandOptions* options, Arguments* arguments) {
  options
      ->Add("-o,--output", &arguments->output,
            "Write to this file, as a whole or not at all; - is standard output")
      .Takes("FILE");
}

void DeclareRecording(CommandOptions* options, Arguments* arguments) {
  DeclareOutput(options, arguments);
  options
      ->Add("--mode", &arguments->mode,
            "Permissions of the file in octal, such as 0644, less umask; of a file that root "
            "writes, 0600 by default")
      .Takes("MODE");
}

void DeclareStyle(CommandOptions* options, Arguments* arguments) {
  options->Add("--color", &arguments->color, "auto (default), always or never").Takes("WHEN");
  options->AddFlag(
      "--ascii", &arguments->ascii,
      "No character beyond ASCII in a text; by default so where the locale is not UTF-8");
  options->AddFlag("-q,--quiet", &arguments->quiet, "Nothing but the answer itself");
  options->AddFlag("-v,--verbose", &arguments->verbose, "Everything that is known");
}

OrFailure<bool> WantsJson(const Arguments& arguments) {
  if (arguments.format == "json") return true;
  if (arguments.format == "text") return false;
  return Fails(kUsageError, fmt::format("there is no format {}; there are text and json",
                                        Printable(arguments.format)));
}

OrFailure<OutputMode> OutputModeOf(const Arguments& arguments, bool is_private) {
  if (!arguments.mode) return OutputMode{std::nullopt, is_private};
  constexpr mode_t kMost = 0666;
  constexpr int kOctal = 8;
  mode_t mode = 0;
  const std::string& text = *arguments.mode;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, kOctal);
  if (error != std::errc() || end != text.data() + text.size() || (mode & ~kMost) != 0) {
    return Fails(kUsageError,
                 fmt::format("--mode {}: expected an octal number such as 0644, for reading and "
                             "writing only",
                             Printable(text)));
  }
  return OutputMode{mode, is_private};
}

OrFailure<RenderOptions> StyleOf(const Arguments& arguments, const Terminal& terminal) {
  if (arguments.quiet && arguments.verbose) {
    return Fails(kUsageError, "--quiet and --verbose exclude each other");
  }
  const bool to_terminal = terminal.is_terminal && !arguments.output;
  RenderOptions options;
  if (arguments.color == "auto") {
    options.color = to_terminal && terminal.wants_color;
  } else if (arguments.color == "always") {
    options.color = true;
  } else if (arguments.color != "never") {
    return Fails(kUsageError, fmt::format("--color {}: expected auto, always or never",
                                          Printable(arguments.color)));
  }
  options.ascii = arguments.ascii || !terminal.is_utf8;
  options.command_line = arguments.command_line;
  options.time = UtcNow();
  if (to_terminal) options.width = terminal.columns;
  options.verbosity = arguments.quiet     ? Verbosity::kQuiet
                      : arguments.verbose ? Verbosity::kVerbose
                                          : Verbosity::kNormal;
  return options;
}

}  // namespace vtprobe
