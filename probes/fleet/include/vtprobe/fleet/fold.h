// Many machines, one at a time: what is kept of each is what tells it from its like.
//
// A machine's readings are kept once for all machines that gave them (a cell: one
// register, with the CPUs of each value), and what is thought of a machine once for all
// that are the same in everything that counts (a pattern). So memory grows with what
// differs and not with how many machines there are, and two folds put together are the
// fold of all of their machines: shards of a fleet are merged without loss.
//
// Not thread-safe: each thread has its own, and they are merged.

#ifndef VTPROBE_FLEET_FOLD_H_
#define VTPROBE_FLEET_FOLD_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vtprobe/fleet/comparable.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::fleet {

// Names in their natural order, of which the first are kept and all are counted.
class Names {
 public:
  static constexpr std::size_t kMostKept = 10'000;

  void Add(std::string name);
  void Add(const Names& others);
  std::size_t count() const { return count_; }
  // Each name once for each time that it was added, at most kMostKept.
  const std::vector<std::string>& kept() const;

 private:
  friend struct FoldReader;
  void Trim() const;

  std::size_t count_ = 0;
  mutable std::vector<std::string> kept_;  // trimmed when it is looked at
  mutable bool is_trimmed_ = true;
};

// What machines have to have in common to be held against each other; empty where it
// is not recorded. Firmware comes within.
struct Kin {
  std::string board;
  std::string signature;  // CPUID.1:EAX, "0x806f8"
  std::string model;      // the brand string

  friend auto operator<=>(const Kin&, const Kin&) = default;
};

// The same readings of one register by CPUs of one core type, as far as they are
// compared: bits that are not are 0.
struct Cell {
  RegisterId reg;
  std::uint32_t core_type = 0;
  std::vector<std::pair<CpuSet, RegisterReading>> values;  // by lowest CPU; failures, too

  friend bool operator==(const Cell&, const Cell&) = default;
};

using CellNumber = std::uint32_t;

// Whether a reading is held against others: a value, some bits of one, or a
// general-protection fault, which says that the register is not there.
bool IsAnswer(const RegisterReading& reading);

// Machines that are the same in all that is compared or counted.
struct Pattern {
  Kin kin;
  std::string firmware;  // version
  std::string firmware_date;
  std::vector<std::string> microcode;  // "0x22", each distinct revision
  Usable usable = Usable::kUnknown;
  int exit_code = 2;
  // The rules that fail, and whether the exit status depends on them.
  std::vector<std::pair<std::string, bool>> failed;
  std::vector<CellNumber> cells;    // by register
  std::vector<std::string> unread;  // what was not read and why, a sentence each

  friend auto operator<=>(const Pattern&, const Pattern&) = default;
};

// A recording of a machine of which there may be others.
struct Boot {
  std::string time;       // as recorded; empty: not known
  std::size_t order = 0;  // of recordings that a person put in order
  std::string name;
  const Pattern* pattern = nullptr;
  std::vector<CellNumber> own;  // of what differs between machines alone
};

// The earlier first: by the order that was given, by time, by name.
bool IsBefore(const Boot& a, const Boot& b);

// A recording that could not be read.
struct Unreadable {
  std::string why;
  int exit_code = 0;  // 65 or 66

  friend auto operator<=>(const Unreadable&, const Unreadable&) = default;
};
// By name, which two of them may have in common once it is fit to be shown.
using AllUnreadable = std::multiset<std::pair<std::string, Unreadable>>;

// What judging a machine comes to.
struct Judgement {
  Usable usable = Usable::kUnknown;
  int exit_code = 2;
  std::vector<std::pair<std::string, bool>> failed;
};
using Judge = std::function<Judgement(const PlatformSnapshot&)>;

// Who a recording is of.
struct Item {
  std::string name;
  // Recordings of one machine have the same; empty: it is a machine by itself.
  std::string machine{};
  std::size_t order = 0;
  // Whether nothing but the snapshot decides what is thought of it, so that it is
  // thought of its like as well.
  bool is_alone = true;
};

// What a fold was judged by; folds of different ways are not merged.
struct Way {
  std::string tool_version;
  std::string profile;         // its name; empty: none
  std::string against;         // the machine that all are held against; empty: their like
  std::string machines{};      // what a machine is, by whatever name: a file, a folder
  std::string profile_text{};  // all that the profile asks for

  friend bool operator==(const Way&, const Way&) = default;
};

class Fold {
 public:
  explicit Fold(Way way) : way_(std::move(way)) {}
  Fold(Fold&&) = default;
  Fold& operator=(Fold&&) = default;

  // `judge` is asked of machines like which none was seen lately.
  void Add(const Item& item, const PlatformSnapshot& snapshot, const Judge& judge);
  void AddUnreadable(std::string name, Unreadable why);
  void AddNotRecordings(std::size_t count) { not_recordings_ += count; }
  // All machines are held against this one.
  void HoldAgainst(const PlatformSnapshot& golden);
  // Whether both are of one way, and hold their machines against the same readings.
  bool IsMadeLike(const Fold& other) const;
  // Requires one that is made like this.
  void Merge(const Fold& other);

  const Way& way() const { return way_; }
  const std::map<Pattern, Names>& patterns() const { return patterns_; }
  const Cell& cell(CellNumber number) const { return cells_[number]; }
  const std::map<std::string, std::vector<Boot>>& machines() const { return machines_; }
  const AllUnreadable& unreadable() const { return unreadable_; }
  std::size_t not_recordings() const { return not_recordings_; }
  const std::vector<CellNumber>& golden() const { return golden_; }
  // The rows of AllByNature() that some machine had.
  const std::set<std::size_t>& left_out() const { return comparable_.left_out(); }

  // All of it as JSON, the same for the same machines in whatever order they came.
  std::string ToJson() const;
  // What ToJson() wrote, by that version of the tool; an error in words, with the place
  // as in "patterns[3].exit_code". It may be nested deeper than a fold is, but whoever
  // reads a text of others looks at that before.
  static tl::expected<Fold, std::string> FromJson(std::string_view json, std::string tool_version);

 private:
  friend struct FoldText;
  friend struct FoldReader;

  using Alike = std::pair<const Pattern, Names>;
  struct Known {
    Alike* alike = nullptr;
    std::vector<CellNumber> own;
  };

  CellNumber Intern(Cell cell);
  Known Judged(const Item& item, const PlatformSnapshot& snapshot, const Judge& judge);
  void Count(const Item& item, const PlatformSnapshot& snapshot, const Known& known);

  Way way_;
  Comparable comparable_;
  std::deque<Cell> cells_;
  std::unordered_multimap<std::size_t, CellNumber> cell_numbers_;  // by the hash of its text
  std::map<Pattern, Names> patterns_;
  std::map<std::string, std::vector<Boot>> machines_;
  AllUnreadable unreadable_;
  std::size_t not_recordings_ = 0;
  std::vector<CellNumber> golden_;
  // Machines seen lately, by all that they are judged and compared by.
  std::unordered_map<std::string, Known> seen_;
  std::size_t seen_size_ = 0;
};

}  // namespace vtprobe::fleet

#endif  // VTPROBE_FLEET_FOLD_H_
