// What the commands that show the tables have in common.

#ifndef VTPROBE_TOOLS_VTPROBE_REFERENCE_ARGUMENTS_H_
#define VTPROBE_TOOLS_VTPROBE_REFERENCE_ARGUMENTS_H_

#include "arguments.h"
#include "command.h"
#include "failure.h"
#include "vtprobe/report/reference.h"

namespace vtprobe {

// --format, --output and those of style.
void DeclareReference(CommandOptions* options, Arguments* arguments);

// kUsageError for a format that is none.
OrFailure<ReferenceOptions> ReferenceOptionsOf(const Arguments& arguments, const Process& process);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_REFERENCE_ARGUMENTS_H_
