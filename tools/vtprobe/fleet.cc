// vtprobe fleet: many machines, and who of them stands out from its like.

#include "fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "output.h"
#include "profile_argument.h"
#include "vtprobe/probes/suggestions.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

constexpr std::array kActions = {&kFleetReport, &kFleetMerge, &kFleetAdd, &kFleetJudge};

// What --machines takes.
constexpr std::array<std::string_view, 3> kMachines = {"files", "folders", "hosts"};

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
  options
      ->Add("--name", &arguments->name,
            "Of add: the machine that all of these recordings are of, instead of one for each file")
      .Takes("MACHINE");
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

// How a store is used, if there is one.
std::optional<store::Use> StoreOf(const FleetAction& action, const Arguments& arguments) {
  const bool has_to_be = action.store && *action.store != store::Use::kRead;
  const bool is_one =
      std::any_of(arguments.files.begin(), arguments.files.end(), store::NamesStore);
  return has_to_be || is_one ? action.store : std::nullopt;
}

OrFailure<void> LookAtOptions(const FleetAction& action, const Arguments& arguments) {
  if (arguments.name && &action != &kFleetAdd) {
    return Fails(kUsageError, "--name is of fleet add: it says whose recordings are added");
  }
  if (std::find(kMachines.begin(), kMachines.end(), arguments.machines) == kMachines.end()) {
    return Fails(kUsageError, fmt::format("--machines {}: expected files, folders or hosts",
                                          Printable(arguments.machines)));
  }
  const bool reports = &action == &kFleetReport || &action == &kFleetMerge;
  if (!reports && (arguments.profile || arguments.against || arguments.format != "text")) {
    return Fails(kUsageError,
                 fmt::format("fleet {} makes no report: --profile, --against and --format are of "
                             "fleet report, which takes a store",
                             action.name));
  }
  return {};
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  const auto action = ActionOf(arguments);
  if (!action) return tl::unexpected(action.error());
  if (arguments.files.size() < (*action)->fewest) {
    return Fails(kUsageError,
                 fmt::format("fleet {} needs {}", (*action)->name, (*action)->operands));
  }
  const auto usable = LookAtOptions(**action, arguments);
  if (!usable) return tl::unexpected(usable.error());
  Reads reads{.paths = arguments.files};
  if (const auto store = StoreOf(**action, arguments)) {
    if (*store == store::Use::kRead && arguments.files.size() != 1) {
      return Fails(kUsageError, "fleet report takes one store, and nothing beside it");
    }
    reads.paths.erase(reads.paths.begin());
    reads.store = StoreAccess{arguments.files.front(), *store};
  }
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
