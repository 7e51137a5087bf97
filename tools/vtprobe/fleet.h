// vtprobe fleet: what its actions have in common. Each is a file of this folder.

#ifndef VTPROBE_TOOLS_VTPROBE_FLEET_H_
#define VTPROBE_TOOLS_VTPROBE_FLEET_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arguments.h"
#include "command.h"
#include "failure.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/probes/profile.h"

namespace vtprobe {

struct FleetAction {
  const char* name;
  const char* operands;  // "FOLDER|ARCHIVE...", for people
  const char* summary;
  OrFailure<int> (*run)(const Arguments& arguments, const Process& process);
};

extern const FleetAction kFleetReport;
extern const FleetAction kFleetMerge;

// In the order in which --help shows them.
std::span<const FleetAction* const> FleetActions();

// A fold of this version and the profile and golden machine of the command line.
OrFailure<fleet::Fold> NewFold(const Arguments& arguments, const Process& process,
                               const std::optional<Profile>& profile);

// Puts the machines of these recordings into the fold. kUsageError as of ForEachMachine().
OrFailure<void> FoldMachines(const std::vector<std::string>& paths, const Arguments& arguments,
                             const Process& process, const std::optional<Profile>& profile,
                             fleet::Fold* fold);

// Writes what the fold shows in the form that --format asks for, and tells what could
// not be read. The exit status of many machines.
OrFailure<int> WriteFleet(const fleet::Fold& fold, const Arguments& arguments,
                          const Process& process);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_FLEET_H_
