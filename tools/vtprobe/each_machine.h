// The recordings that a command line names by themselves: each is a machine.
//
// A file is a recording, or an archive of many; a folder is walked. A folder with
// a sequence.toml is the one machine that this lists the recordings of.

#ifndef VTPROBE_TOOLS_VTPROBE_EACH_MACHINE_H_
#define VTPROBE_TOOLS_VTPROBE_EACH_MACHINE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "failure.h"
#include "opened_files.h"
#include "recorded_machines.h"
#include "subject.h"

namespace vtprobe {

struct NamedMachine {
  std::string name;  // as it was given; of what a folder or an archive holds, its path there
  OrFailure<LoadedSubject> subject;
  // Whether the command line names this very machine, and not what it is in.
  bool is_named = false;
};

struct EachMachineOptions {
  std::optional<CpuSet> cpus;  // only these
  bool is_quiet = false;       // no notes on how the files were read
  const OpenedFiles* opened = nullptr;
};

// Gives `take` each machine of the paths in their order; what can't be read too,
// with kInputMissing or kMalformedInput. The number of files that were come
// across and are no recordings. kUsageError if standard input is named twice, or
// a machine does not have the CPUs.
OrFailure<std::size_t> ForEachMachine(const std::vector<std::string>& paths,
                                      const EachMachineOptions& options,
                                      const std::function<void(NamedMachine)>& take);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_EACH_MACHINE_H_
