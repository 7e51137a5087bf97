// A process that has no more rights than it needs.
//
// vtprobe is started as root to open devices, and reads recordings that anybody
// may have made. So what is needed is opened first; then rights are given up, and
// only then is anything read and parsed, by a process that can neither write nor
// start anything (tools/system_calls).
//
//   files        are opened, then this process becomes nobody and parses them
//   folders      are walked as their owner, since what is in them is found and
//                opened on the way
//   the machine  supplementary groups and all capabilities go but those that
//                open devices and the kernel's log; when these are open the rest
//                goes too, and this process becomes nobody
//   a store      is opened, and written, by a process of its own that keeps the right
//                to, and parses no recording (store_keeper.h)
//   guests       are run as the machine is read, by calls to KVM and to no other
//                driver, with the capabilities that open devices
//
// A process that was not started as root stays who it is, and gives up the
// capabilities that it may have got otherwise.

#ifndef VTPROBE_TOOLS_VTPROBE_CONFINEMENT_H_
#define VTPROBE_TOOLS_VTPROBE_CONFINEMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "opened_files.h"
#include "store_keeper.h"

namespace vtprobe {

// What a command is going to read that others made.
struct Reads {
  std::vector<std::string> paths;  // files, folders, "-"
  bool machine = false;
  bool serves = false;                 // and answers for what was read
  bool proves = false;                 // and runs guests on it
  std::optional<StoreAccess> store{};  // which a process of its own opens
};

class Confinement {
 public:
  explicit Confinement(Reads reads) : reads_(std::move(reads)) {}

  // Starts the process that keeps the store, and opens the files. Then gives up all rights, or
  // those that do not open devices if the machine is to be read. Call it before there are other
  // threads.
  void Begin();
  // The machine's devices are open. `reads_unlisted`: whoever reads them must
  // have the right to do so at each read, as msr-safe has it.
  void DevicesAreOpen(bool reads_unlisted);

  const OpenedFiles& files() const { return files_; }
  bool has_store() const { return reads_.store.has_value(); }
  // Requires a store among what is read, and to be called once.
  OrFailure<std::unique_ptr<StoreKeeper>> TakeStore() { return std::move(store_); }
  // What could not be given up or was kept, and why, one sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  void Note(const std::optional<std::string>& why, const char* what);

  Reads reads_;
  OpenedFiles files_;
  OrFailure<std::unique_ptr<StoreKeeper>> store_;
  std::vector<std::string> notes_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_CONFINEMENT_H_
