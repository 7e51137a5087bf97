// What the command line said. Each command declares those it takes; the others
// keep their defaults.

#ifndef VTPROBE_TOOLS_VTPROBE_ARGUMENTS_H_
#define VTPROBE_TOOLS_VTPROBE_ARGUMENTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failure.h"
#include "options.h"
#include "output_file.h"
#include "terminal.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {

struct Arguments {
  std::string command_line;         // as it was given, its words apart by blanks
  std::vector<std::string> replay;  // in the order given
  bool together = false;            // those are of one moment
  std::optional<std::string> cpus;
  std::optional<std::string> output;
  std::optional<std::string> profile;
  std::string format = "text";
  std::string color = "auto";
  bool ascii = false;
  bool quiet = false;
  bool verbose = false;
  bool sequential = false;
  bool all = false;
  bool keep_identifiers = false;
  bool scrub = false;
  bool explain = false;
  bool background = false;
  bool proves = false;
  bool is_meant = false;
  bool in_guest = false;
  bool in_smx = false;
  bool only_says = false;
  unsigned seconds = 0;
  unsigned watch_smi = 0;  // seconds; 0: not
  std::optional<std::string> mode;
  std::string reg;
  std::optional<std::string> bits;
  std::string value;
  std::string known;  // of decode: a mask
  std::vector<std::string> files;
  std::optional<std::string> from;
  std::optional<std::string> msr;
  std::optional<std::string> folder;
  std::optional<std::string> action;
  std::string fail_on = "any";
  std::vector<std::string> ignored;
  std::optional<std::string> operand;
  std::optional<std::string> against;
  std::string machines = "files";
  std::optional<std::string> name;
};

// Options that several commands take, each declared in one place.
void DeclareSubject(CommandOptions* options, Arguments* arguments);  // --replay, --together, --cpus
void DeclareCpus(CommandOptions* options, Arguments* arguments);
void DeclareCapture(CommandOptions* options, Arguments* arguments);  // --sequential
void DeclareWatch(CommandOptions* options, Arguments* arguments);    // --watch-smi
// `others` are formats beside text and JSON, each behind ", ".
void DeclareFormat(CommandOptions* options, Arguments* arguments, std::string_view others = {});
void DeclareOutput(CommandOptions* options, Arguments* arguments);
void DeclareRecording(CommandOptions* options, Arguments* arguments);  // --output, --mode
void DeclareStyle(CommandOptions* options,
                  Arguments* arguments);  // --color, --ascii, --quiet, --verbose

// Whether --format asks for JSON, of a command that has text and JSON.
// kUsageError for anything else.
OrFailure<bool> WantsJson(const Arguments& arguments);

// Who may read what is written. kUsageError for a --mode that is none.
OrFailure<OutputMode> OutputModeOf(const Arguments& arguments, bool is_private);

// How text is to be rendered where it goes. kUsageError for options that
// make no sense.
OrFailure<RenderOptions> StyleOf(const Arguments& arguments, const Terminal& terminal);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_ARGUMENTS_H_
