// vtprobe fleet judge: what a store keeps, judged anew, by a vtprobe that knows more than
// the one that added it.

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fleet.h"
#include "fleet_rows.h"
#include "output.h"
#include "progress.h"
#include "store_keeper.h"

namespace vtprobe {
namespace {

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  if (arguments.files.size() != 1 || arguments.machines != "files") {
    return Fails(kUsageError, "fleet judge takes one STORE, and judges all of it");
  }
  const auto keeper = process.confinement->TakeStore();
  if (!keeper) return tl::unexpected(keeper.error());
  RowMaker rows(process.version);
  Progress progress("recordings judged");
  const auto show = progress.Callback();
  std::size_t count = 0;
  std::size_t damaged = 0;
  const auto each = [&](const store::Kept& kept) -> std::optional<store::Answers> {
    const auto snapshots = SnapshotsOf(kept);
    if (!snapshots) {
      ++damaged;
      PrintError(snapshots.error() + '\n');
      return std::nullopt;
    }
    if (show) show(++count);
    return rows.AnswersTo(snapshots->back(), std::span(*snapshots).first(snapshots->size() - 1));
  };
  return (*keeper)
      ->ForEach(each)
      .and_then([&] { return (*keeper)->Commit(); })
      .and_then([&](const StoreCounts& counts) {
        return process.output->Write(fmt::format("{} recording{} judged.\n", counts.changed,
                                                 counts.changed == 1 ? "" : "s"));
      })
      .map([&] { return damaged == 0 ? 0 : kMalformedInput; });
}

}  // namespace

const FleetAction kFleetJudge{.name = "judge",
                              .operands = "STORE",
                              .summary = "judges all that a store keeps by what this vtprobe knows",
                              .fewest = 1,
                              .run = Run,
                              .store = store::Use::kChange};

}  // namespace vtprobe
