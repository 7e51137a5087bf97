// A recording as a store keeps it (store/records.h), made where it is parsed.

#ifndef VTPROBE_TOOLS_VTPROBE_FLEET_ROWS_H_
#define VTPROBE_TOOLS_VTPROBE_FLEET_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "store/content.h"
#include "store/records.h"
#include "vtprobe/fleet/comparable.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// Of one call, within which each value and each finding is told once: the store knows
// them by their number then.
class RowMaker {
 public:
  // `version` is this vtprobe's, and has to outlive this.
  explicit RowMaker(std::string_view version) : version_(version) {}

  // A recording that is judged by itself, with all that it is judged by.
  struct Single {
    const PlatformSnapshot* snapshot;
    std::string counts;
  };
  std::string WhatCounts(const PlatformSnapshot& snapshot);

  // Judges those that are to come next, on all CPUs, but none like one that was seen
  // lately. They have to stay where they are until Complete() was called for each, or this
  // again.
  void JudgeAhead(std::vector<Single> recordings);

  // What the recording says and what is thought of it, judged together with `earlier`
  // ones of its machine.
  store::Answers AnswersTo(const PlatformSnapshot& snapshot,
                           std::span<const PlatformSnapshot> earlier);

  // Fills in what follows from the content: hash, copy, time, dump, answers. Machine and
  // name are there already. `snapshot` is the last of those that were given together.
  void Complete(const PlatformSnapshot& snapshot, std::span<const PlatformSnapshot> earlier,
                store::Recording* recording);

 private:
  // What was told, and under which number.
  struct Told {
    std::int64_t number = 0;
    std::string hash;
  };
  using AllTold = std::unordered_map<std::string, Told>;

  struct Ahead {
    std::string counts;
    std::optional<Report> report;  // unless one like it was judged
  };
  Ahead TakeAhead(const PlatformSnapshot& snapshot);

  void AddReadings(const PlatformSnapshot& snapshot, store::Answers* answers);
  void AddJudgement(const Report& report, store::Answers* answers);
  std::int64_t CopyOf(const store::Recording& recording);

  std::string_view version_;
  fleet::Comparable comparable_;
  store::Packer packer_;
  // Of machines seen lately, by all that they are judged by.
  std::unordered_map<std::string, store::Answers> seen_;
  std::size_t seen_size_ = 0;
  std::unordered_map<const PlatformSnapshot*, Ahead> ahead_;
  AllTold values_;
  std::int64_t value_count_ = 0;
  AllTold findings_;
  std::int64_t finding_count_ = 0;
  // Of recordings, by the hash of machine, content and name: which copy it is; and of
  // machine and content: how many there are.
  std::unordered_map<std::size_t, std::int64_t> copies_;
  std::unordered_map<std::size_t, std::int64_t> counts_;
};

// The snapshots of what is kept, those that it is judged with first, or why what is
// kept can't be read.
tl::expected<std::vector<PlatformSnapshot>, std::string> SnapshotsOf(const store::Kept& kept);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_FLEET_ROWS_H_
