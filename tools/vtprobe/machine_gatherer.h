// Puts the files of an archive together into machines while they come by, by the
// rules that MachinesIn() has for a folder.
//
// An archive is read once, and holds more than memory does. So a folder's files
// wait only until it shows what the folder is: at a machine.dump, at the first
// file that is neither in it nor below it, or when they are too many to be one
// machine's. That is right for what tar makes of a folder, and for paths in
// order: a folder's files stand together there.
//
// A machine that holds only what differs from a base waits for the end, since its
// base may come anywhere (kept_files.h).

#ifndef VTPROBE_TOOLS_VTPROBE_MACHINE_GATHERER_H_
#define VTPROBE_TOOLS_VTPROBE_MACHINE_GATHERER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kept_files.h"
#include "recorded_machines.h"
#include "vtprobe/import/recording.h"

namespace vtprobe {

class MachineGatherer {
 public:
  // What files may be waiting, of all folders that are open, in bytes of memory:
  // hwloc's of some thousand CPUs are less.
  static constexpr std::size_t kMostWaiting = std::size_t{16} << 20;

  // `take` gets each machine, the recording or why there is none. `prefix` goes
  // before the paths, for people.
  MachineGatherer(std::string prefix, std::function<void(FoundMachine)> take)
      : prefix_(std::move(prefix)), take_(std::move(take)) {}

  std::string NameOf(std::string_view path) const { return prefix_ + std::string(path); }
  // Whether a file at this path would count if it came now.
  bool Wants(std::string_view path);
  void Add(std::string_view path, std::string content);
  // There are no more.
  void Finish();

 private:
  enum class Kind : std::uint8_t { kOpen, kOneDump, kDifference, kEachFile };

  struct Folder {
    std::string path;
    Kind kind = Kind::kOpen;
    bool has_pu0 = false;
    std::size_t size = 0;  // of what is waiting
    std::vector<import::Input> waiting;
  };

  Folder& Enter(std::string_view path);
  void AddToOpen(std::string_view name, import::Input file, Folder* folder);
  void AddDifference(import::Input file, Folder* folder);
  void Close(Folder* folder);
  void TakeEach(Folder* folder);
  void TakeFile(import::Input file);
  // Decides on folders, the one that holds most first, until there is room.
  void MakeRoom();
  void Empty(Folder* folder, Kind kind);
  void TakeDifference(import::Input file);
  void Refuse(const std::string& name, std::string_view why);

  std::string prefix_;
  std::function<void(FoundMachine)> take_;
  std::vector<Folder> open_;      // each within the one before
  std::size_t waiting_size_ = 0;  // of all of them
  KeptFiles kept_{prefix_};
  std::vector<import::Input> differences_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_MACHINE_GATHERER_H_
