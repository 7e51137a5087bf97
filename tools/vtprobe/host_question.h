// What the commands begin with that ask this machine's CPUs and answer as text or JSON.

#ifndef VTPROBE_TOOLS_VTPROBE_HOST_QUESTION_H_
#define VTPROBE_TOOLS_VTPROBE_HOST_QUESTION_H_

#include "command.h"
#include "failure.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/report/render_options.h"

namespace vtprobe {

struct HostQuestion {
  RenderOptions style;
  bool as_json = false;
  HostContext host;  // with the CPUs that --cpus names, or all
};

// By --color and those beside it, --format and --cpus. kUsageError for what they can't
// mean here.
OrFailure<HostQuestion> QuestionOf(const Arguments& arguments, const Process& process);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_HOST_QUESTION_H_
