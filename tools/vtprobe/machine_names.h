// What machines are called that a store keeps: a recording that was made of a machine
// today and one of tomorrow, in another folder, are of the same.

#ifndef VTPROBE_TOOLS_VTPROBE_MACHINE_NAMES_H_
#define VTPROBE_TOOLS_VTPROBE_MACHINE_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtprobe {

// By the file: its path below what the command line names (`paths`), without what says
// that it is a recording. "n17" of "lab/n17.dump" and of "lab/n17/machine.dump" where
// lab is named, or where the file is; "rack1/n17" of "lab.tar!rack1/n17.vtpb.zst".
std::string MachineNameOf(std::string_view name, const std::vector<std::string>& paths);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_MACHINE_NAMES_H_
