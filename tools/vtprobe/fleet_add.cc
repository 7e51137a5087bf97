// vtprobe fleet add: recordings into a store, each once, all of a call or none.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "each_machine.h"
#include "fleet.h"
#include "fleet_rows.h"
#include "machine_names.h"
#include "output.h"
#include "progress.h"
#include "store_keeper.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Who a recording is of: as a report over the files tells, if it does, and in the store.
struct Owner {
  std::string told;
  std::string machine;
};

class Adding {
 public:
  Adding(const Arguments& arguments, std::vector<std::string> paths, std::string_view version,
         StoreKeeper* keeper)
      : arguments_(arguments), paths_(std::move(paths)), rows_(version), keeper_(*keeper) {}

  void Add(NamedMachine machine) {
    if (!machine.subject) return unread_.push_back(machine.subject.error());
    // Nothing will be kept: the others are read for what is wrong with them.
    if (!unread_.empty() || failure_) return;
    if (!machine.subject->earlier.empty()) {
      SendWaiting();
      return Send(machine);
    }
    const PlatformSnapshot& snapshot = machine.subject->snapshot;
    std::string counts = rows_.WhatCounts(snapshot);
    waiting_size_ += counts.size() + kSizeOfCpu * snapshot.online().Count();
    waiting_.push_back({std::move(machine), std::move(counts)});
    if (waiting_.size() == kMostWaiting || waiting_size_ >= kLargestWaiting) SendWaiting();
  }

  // There are no more.
  void Finish() { SendWaiting(); }

  const std::vector<Failure>& unread() const { return unread_; }
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  // So many are judged at a time and no more are in memory, and of large ones fewer.
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr std::size_t kLargestWaiting = std::size_t{1} << 20;
  static constexpr std::size_t kSizeOfCpu = 1024;  // with what does not count of it

  struct Waiting {
    NamedMachine machine;
    std::string counts;
  };

  void SendWaiting() {
    std::vector<Waiting> waiting = std::exchange(waiting_, {});
    waiting_size_ = 0;
    std::vector<RowMaker::Single> recordings;
    recordings.reserve(waiting.size());
    for (Waiting& one : waiting) {
      recordings.push_back({&one.machine.subject->snapshot, std::move(one.counts)});
    }
    rows_.JudgeAhead(std::move(recordings));
    for (const Waiting& one : waiting) Send(one.machine);
  }

  void Send(const NamedMachine& machine) {
    const LoadedSubject& subject = *machine.subject;
    const Owner owner = OwnerOf(machine.name, subject);
    for (std::size_t i = 0; i < subject.earlier.size(); ++i) {
      Send(owner, subject.earlier_names[i], i, subject.earlier[i], {});
    }
    Send(owner, machine.name, subject.earlier.size(), subject.snapshot, subject.earlier);
  }

  Owner OwnerOf(const std::string& name, const LoadedSubject& subject) const {
    const auto by_path = [&](const std::string& path) {
      return Printable(MachineNameOf(path, paths_));
    };
    if (arguments_.name) return {Printable(*arguments_.name), Printable(*arguments_.name)};
    if (!subject.earlier.empty()) return {Printable(name), by_path(name)};
    const std::string told = MachineTold(arguments_, name, subject.snapshot.metadata());
    if (told.empty()) return {{}, by_path(name)};
    return {told, arguments_.machines == "folders" ? by_path(told) : told};
  }

  void Send(const Owner& owner, const std::string& name, std::size_t place,
            const PlatformSnapshot& snapshot, std::span<const PlatformSnapshot> earlier) {
    store::Recording recording;
    recording.machine = owner.machine;
    recording.name = Printable(name);
    recording.told = owner.told;
    recording.place = static_cast<std::int64_t>(place);
    rows_.Complete(snapshot, earlier, &recording);
    const auto sent = failure_ ? OrFailure<void>() : keeper_.Add(recording);
    if (!sent) failure_ = sent.error();
  }

  const Arguments& arguments_;
  std::vector<std::string> paths_;
  RowMaker rows_;
  StoreKeeper& keeper_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_size_ = 0;  // in bytes
  std::vector<Failure> unread_;
  std::optional<Failure> failure_;
};

// What is wrong, so that all of it can be mended at once. The exit status.
int TellUnread(const std::vector<Failure>& unread) {
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < unread.size() && i < kMost; ++i) {
    const bool has_place = unread[i].exit_status == kMalformedInput;
    PrintError(fmt::format("{}{}\n", has_place ? "" : "vtprobe: ", unread[i].message));
  }
  const std::size_t more = unread.size() - std::min(unread.size(), kMost);
  PrintError(fmt::format("vtprobe: nothing was added, since {}not all could be read\n",
                         more == 0 ? "" : fmt::format("with {} more, ", more)));
  return unread.front().exit_status;
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto keeper = process.confinement->TakeStore();
  if (!keeper) return tl::unexpected(keeper.error());
  const std::vector<std::string> paths(arguments.files.begin() + 1, arguments.files.end());
  Adding adding(arguments, paths, process.version, keeper->get());
  Progress progress("recordings added");
  const auto show = progress.Callback();
  std::size_t count = 0;
  const auto read = ForEachMachine(paths,
                                   {.cpus = std::nullopt,
                                    .is_quiet = !arguments.verbose,
                                    .opened = &process.confinement->files()},
                                   [&](NamedMachine machine) {
                                     adding.Add(std::move(machine));
                                     if (show) show(++count);
                                   });
  adding.Finish();
  if (adding.failure()) return tl::unexpected(*adding.failure());
  if (!read || !adding.unread().empty()) {
    (*keeper)->Abandon();
    if (!read) return tl::unexpected(read.error());
    return TellUnread(adding.unread());
  }
  return (*keeper)->Commit().and_then([&](const StoreCounts& counts) {
    return process.output
        ->Write(fmt::format("{} recording{} added, {} {} there already.\n", counts.changed,
                            counts.changed == 1 ? "" : "s", counts.present,
                            counts.present == 1 ? "was" : "were"))
        .map([] { return 0; });
  });
}

}  // namespace

const FleetAction kFleetAdd{.name = "add",
                            .operands = "STORE FILE|FOLDER|ARCHIVE...",
                            .summary =
                                "keeps recordings in a store, which is made if it is not "
                                "there: each once, and all of a call or none",
                            .fewest = 2,
                            .run = Run,
                            .store = store::Use::kMake};

}  // namespace vtprobe
