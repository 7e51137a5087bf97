// vtprobe fleet: what its actions have in common. Each is a file of this folder.

#ifndef VTPROBE_TOOLS_VTPROBE_FLEET_H_
#define VTPROBE_TOOLS_VTPROBE_FLEET_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "arguments.h"
#include "command.h"
#include "failure.h"
#include "store/store.h"
#include "store_keeper.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/profile.h"

namespace vtprobe {

struct FleetAction {
  const char* name;
  const char* operands;  // "FOLDER|ARCHIVE...", for people
  const char* summary;
  std::size_t fewest = 1;  // operands
  OrFailure<int> (*run)(const Arguments& arguments, const Process& process);
  // What it does with a store, if it takes one: its first operand has to be one, or, where
  // it is only read, may be.
  std::optional<store::Use> store = std::nullopt;
};

extern const FleetAction kFleetAdd;
extern const FleetAction kFleetJudge;
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

// The same of all that a store keeps.
OrFailure<void> FoldStore(StoreKeeper* keeper, const Arguments& arguments, const Process& process,
                          const std::optional<Profile>& profile, fleet::Fold* fold);

// Who a recording of that name is of, if --machines or it itself tells; empty: a machine
// by itself.
std::string MachineTold(const Arguments& arguments, const std::string& name,
                        const Metadata& metadata);

// Writes what the fold shows in the form that --format asks for, and tells what could
// not be read. The exit status of many machines.
OrFailure<int> WriteFleet(const fleet::Fold& fold, const Arguments& arguments,
                          const Process& process);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_FLEET_H_
