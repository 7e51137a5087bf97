// vtprobe fleet report: machines of folders and archives, each held against its like.

#include "fleet.h"
#include "profile_argument.h"

namespace vtprobe {
namespace {

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto profile = ChosenProfileOf(arguments, process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());
  auto fold = NewFold(arguments, process, *profile);
  if (!fold) return tl::unexpected(fold.error());
  const auto folded = FoldMachines(arguments.files, arguments, process, *profile, &*fold);
  if (!folded) return tl::unexpected(folded.error());
  return WriteFleet(*fold, arguments, process);
}

}  // namespace

const FleetAction kFleetReport{.name = "report",
                               .operands = "FILE|FOLDER|ARCHIVE...",
                               .summary =
                                   "who stands out, which rules fail on how many machines, "
                                   "which firmware and microcode there are, what changed",
                               .run = Run};

}  // namespace vtprobe
