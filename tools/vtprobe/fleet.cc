// vtprobe fleet: many machines, and who of them stands out from its like.

#include "fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "output.h"
#include "profile_argument.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

constexpr std::array kActions = {&kFleetReport, &kFleetMerge};

std::string ActionsText() {
  std::string text;
  for (const FleetAction* const action : kActions) {
    text += fmt::format("{}{} {}: {}", text.empty() ? "" : "; ", action->name, action->operands,
                        action->summary);
  }
  return text;
}

void Declare(CommandOptions* options, Arguments* arguments) {
  options->Add("ACTION", &arguments->action, ActionsText()).Takes("");
  options->Add("FILE", &arguments->files, "What the action takes; - is standard input").Takes("");
  options
      ->Add("--against", &arguments->against,
            "Hold every machine against this recording, and not against its like")
      .Takes("FILE");
  options
      ->Add("--machines", &arguments->machines,
            "What a machine is: files (the default), each of its own; folders, whose files are "
            "recordings of one machine, such as its boots; or hosts, by the host name that "
            "record --keep-identifiers leaves in recordings")
      .Takes("WHAT");
  options
      ->Add("--profile", &arguments->profile,
            "What the machines are for: a shipped profile (vtprobe profile lists them) or a file")
      .Takes("NAME|FILE");
  options
      ->Add("--format", &arguments->format, "Form of the answer: text (default), json, csv, html")
      .Takes("FORMAT");
  DeclareOutput(options, arguments);
  DeclareStyle(options, arguments);
  options->Footer(
      "A value that more than half of a machine's like have (of its board, CPU model and\n"
      "signature, and of its firmware version where there are two of them) is the usual\n"
      "one, and who has another stands out. What differs by nature, as addresses that\n"
      "follow the size of memory do, is left out (--verbose lists it).\n"
      "Exit status: as of a check of several machines.");
}

OrFailure<const FleetAction*> ActionOf(const Arguments& arguments) {
  std::vector<std::string_view> names;
  for (const FleetAction* const action : kActions) {
    if (arguments.action == action->name) return action;
    names.emplace_back(action->name);
  }
  if (!arguments.action) {
    return Fails(kUsageError, fmt::format("fleet needs an action: {}", Enumerate(names)));
  }
  return Fails(kUsageError, fmt::format("fleet has no action {}; there are {}",
                                        Printable(*arguments.action), Enumerate(names)));
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  const auto action = ActionOf(arguments);
  if (!action) return tl::unexpected(action.error());
  if (arguments.files.empty()) {
    return Fails(kUsageError,
                 fmt::format("fleet {} needs {}", (*action)->name, (*action)->operands));
  }
  Reads reads{.paths = arguments.files};
  if (arguments.against) reads.paths.push_back(*arguments.against);
  if (arguments.profile) AddReadsOfProfile(*arguments.profile, &reads);
  return reads;
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  return ActionOf(arguments).and_then(
      [&](const FleetAction* action) { return action->run(arguments, process); });
}

}  // namespace

std::span<const FleetAction* const> FleetActions() { return kActions; }

const Command kFleet{.name = "fleet",
                     .summary = "Many machines: who stands out from its like, and in what",
                     .declare = Declare,
                     .run = Run,
                     .reads = WhatIsRead};

}  // namespace vtprobe
