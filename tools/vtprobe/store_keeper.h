// A store is kept by a process of its own, beside the one that parses recordings.
//
// Who parses has given up its rights and can open no file to write to it (confinement.h);
// a store is written while recordings are parsed, and its journal comes and goes. So the
// keeper is started before rights are given up. It opens the store with the rights of who
// started vtprobe, or, where that is root, of the store's owner, and parses nothing: what
// it writes comes to it ready, field by field (store/records.h). They end together.

#ifndef VTPROBE_TOOLS_VTPROBE_STORE_KEEPER_H_
#define VTPROBE_TOOLS_VTPROBE_STORE_KEEPER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "failure.h"
#include "store/records.h"
#include "store/store.h"
#include "store_line.h"

namespace vtprobe {

struct StoreAccess {
  std::string name;
  store::Use use = store::Use::kRead;
};

// The end at which recordings are parsed. A failure is the store's, told by its keeper:
// kMalformedInput for what is no store, kInputMissing for one that can't be opened,
// kOutputFailed for one that can't be made or changed. Not thread-safe.
class StoreKeeper {
 public:
  // Starts the process. Call it before there are other threads. The store is opened when
  // something is first asked of it.
  static OrFailure<std::unique_ptr<StoreKeeper>> Start(const StoreAccess& access);

  OrFailure<void> Add(const store::Recording& recording);
  // Gives `take` each recording that is kept; what it returns replaces the answers that
  // are there.
  using Take = std::function<std::optional<store::Answers>(const store::Kept&)>;
  OrFailure<void> ForEach(const Take& take);
  // All that was added or replaced is there, or nothing is.
  OrFailure<StoreCounts> Commit();
  // Nothing is, and a store that was made for it is gone.
  void Abandon();

 private:
  explicit StoreKeeper(StoreLine line) : line_(std::move(line)) {}

  StoreLine line_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_STORE_KEEPER_H_
