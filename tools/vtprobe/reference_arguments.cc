#include "reference_arguments.h"

#include <fmt/format.h>

#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {

void DeclareReference(CommandOptions* options, Arguments* arguments) {
  options->Add("--format", &arguments->format, "text (default), json or markdown").Takes("FORMAT");
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
}

OrFailure<ReferenceOptions> ReferenceOptionsOf(const Arguments& arguments, const Process& process) {
  const auto format = FindReferenceFormat(arguments.format);
  if (!format) {
    return Fails(kUsageError,
                 fmt::format("there is no format {}; there are {}", Printable(arguments.format),
                             Enumerate({kReferenceFormats.begin(), kReferenceFormats.end()})));
  }
  const auto style = StyleOf(arguments, process.terminal);
  if (!style) return tl::unexpected(style.error());
  return ReferenceOptions{.format = *format, .tool_version = process.version, .style = *style};
}

}  // namespace vtprobe
