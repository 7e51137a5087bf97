// A fleet's recordings, kept (FORMAT-STORE.md): behind an interface, so that what adds
// and reports knows nothing of SQL.

#ifndef VTPROBE_TOOLS_STORE_STORE_H_
#define VTPROBE_TOOLS_STORE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "store/records.h"

namespace vtprobe::store {

struct Failure {
  // What is there is no store, or a damaged one; else it could not be done.
  bool is_malformed = false;
  std::string words;  // with the store's name
};

template <typename T>
using OrFailure = tl::expected<T, Failure>;

enum class Use : std::uint8_t {
  kRead,    // what is there
  kChange,  // what is there, and it
  kMake,    // the same, and a store that is not there is made
};

// One transaction on a store: what is not committed when it goes was not written, and a
// store that was made for it is gone again. Not thread-safe. Several processes may have
// the same store open: who changes it waits for others who do.
class Store {
 public:
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Whether it was not there: that copy of that content of that machine.
  virtual OrFailure<bool> Add(const Recording& recording) = 0;
  // In place of those that are there.
  virtual OrFailure<void> SetAnswers(std::int64_t id, const Answers& answers) = 0;
  // Each, in no particular order; SetAnswers() may be called of it. `take` returns
  // whether to go on.
  virtual OrFailure<void> ForEach(const std::function<bool(Kept)>& take) = 0;
  // Drops answers that no recording has any more, and has all that was changed be there
  // as a whole, whenever the process ends. Nothing may be called afterwards.
  virtual OrFailure<void> Commit() = 0;

 protected:
  Store() = default;
};

// Whether a name is that of a store in PostgreSQL: postgresql://...
bool IsPostgres(std::string_view name);

// Of that, or else a file of SQLite's, by its path.
OrFailure<std::unique_ptr<Store>> OpenStore(const std::string& name, Use use);

// Whether it names a store that is there.
bool NamesStore(const std::string& name);

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_STORE_H_
