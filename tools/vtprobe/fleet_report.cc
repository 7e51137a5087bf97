// vtprobe fleet report: machines of a store, of folders and archives, each held against its like.

#include "fleet.h"
#include "profile_argument.h"

namespace vtprobe {
namespace {

OrFailure<void> Fold(const Arguments& arguments, const Process& process,
                     const std::optional<Profile>& profile, fleet::Fold* fold) {
  if (!process.confinement->has_store()) {
    return FoldMachines(arguments.files, arguments, process, profile, fold);
  }
  const auto keeper = process.confinement->TakeStore();
  if (!keeper) return tl::unexpected(keeper.error());
  return FoldStore(keeper->get(), arguments, process, profile, fold);
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto profile = ChosenProfileOf(arguments, process.confinement->files());
  if (!profile) return tl::unexpected(profile.error());
  auto fold = NewFold(arguments, process, *profile);
  if (!fold) return tl::unexpected(fold.error());
  const auto folded = Fold(arguments, process, *profile, &*fold);
  if (!folded) return tl::unexpected(folded.error());
  return WriteFleet(*fold, arguments, process);
}

}  // namespace

const FleetAction kFleetReport{.name = "report",
                               .operands = "STORE|FILE|FOLDER|ARCHIVE...",
                               .summary =
                                   "who stands out, which rules fail on how many machines, "
                                   "which firmware and microcode there are, what changed",
                               .run = Run,
                               .store = store::Use::kRead};

}  // namespace vtprobe
