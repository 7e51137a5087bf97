// Which machines a folder of recordings holds.

#ifndef VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_
#define VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_

#include <string>
#include <vector>

#include "failure.h"

namespace vtprobe {

// The files or the folder that one machine's recording is made of, as
// LoadRecording() takes them.
using MachinePaths = std::vector<std::string>;

// Everything below the folder, in the order of names. A folder with a
// machine.dump is that one machine, whatever else it holds; one with a pu0, as
// hwloc writes it, is a machine as a whole; elsewhere each file is one of its
// own. Links to folders are not followed. kInputMissing for a folder that can't
// be read.
OrFailure<std::vector<MachinePaths>> MachinesIn(const std::string& folder);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_RECORDED_MACHINES_H_
