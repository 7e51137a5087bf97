// What many machines show together: who stands out from their like and in what, which
// rules fail on how many, which firmware and microcode there are, what changed.
//
// A value that more than half of a machine's like have is their usual one, and who has
// another stands out. Where no value has that many nobody does: which of one and one is
// the odd one no count can tell, and that is said (Split).
//
// Like are machines of one board, CPU signature and model; those of one firmware version
// first, and where that has no usual value, all of them. A value that is usual within
// one firmware version and not among all is that version's doing (OfFirmware).

#ifndef VTPROBE_FLEET_FINDINGS_H_
#define VTPROBE_FLEET_FINDINGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "vtprobe/fleet/fold.h"

namespace vtprobe::fleet {

struct Group {
  Kin kin;
  std::string firmware;
  std::size_t machines = 0;
};

// A register of CPUs that read otherwise than usual.
struct Reading {
  RegisterId reg;
  CpuSet cpus;
  RegisterReading value;
  RegisterReading usual;
  std::uint64_t differing = 0;  // bits that are known of both; 0 where one is a fault
};

// Machines that all stand out in the same.
struct Outlier {
  Kin kin;
  std::string firmware;
  Reading reading;
  std::size_t with_usual = 0;  // of how many machines that have the register
  std::size_t of = 0;
  bool within_firmware = false;  // among those of its firmware version, or among all
  Names machines;
};

// Machines that have the same CPUs beyond those that more than half of their like have, all
// of them and no others.
struct MoreCpus {
  Kin kin;
  CpuSet cpus;  // beyond the usual
  CpuSet usual;
  std::size_t with_usual = 0;  // of how many machines of their kin
  std::size_t of = 0;
  Names machines;
};

struct ValueCount {
  RegisterReading value;
  Names machines;
};

// Like machines that have no usual value of a register, the most frequent first.
struct Split {
  Kin kin;
  std::string firmware;  // empty: over all versions
  RegisterId reg;
  std::size_t of = 0;
  std::vector<ValueCount> values;
  std::size_t value_count = 0;  // with those beyond what Conclude() was to keep
};

// What is usual within one firmware version and not among all machines of its kin.
struct OfFirmware {
  Kin kin;
  std::string firmware;
  RegisterId reg;
  RegisterReading value;
  RegisterReading usual;
  std::size_t machines = 0;
};

struct FailingRule {
  std::string rule;
  std::size_t fail = 0;
  std::size_t counted = 0;  // of these, the exit status depends on it
  Names machines;
};

struct Level {
  std::string of;       // the board, or the CPU signature
  std::string version;  // empty: not recorded
  std::string date;
  std::size_t machines = 0;
};

struct Unread {
  std::string machine;
  std::string why;
  int exit_code = 0;  // 65, 66: nothing of it could be read; 0: a part was not
};

// What one recording of a machine says otherwise than the one before it.
struct Change {
  std::string machine;
  std::string before;  // the recordings' names
  std::string after;
  std::vector<Reading> readings;  // `usual` is the value before
  // "firmware", "microcode": before and after.
  struct Text {
    std::string what;
    std::string before;
    std::string after;
  };
  std::vector<Text> texts;
};

// A register of CPUs that some of a machine's recordings have otherwise than most.
struct InSomeBoots {
  std::string machine;
  std::size_t recordings = 0;  // of the machine that have the register of these CPUs
  // Of the value that is not usual; `usual` is nothing if none is.
  RegisterId reg;
  CpuSet cpus;
  RegisterReading value;
  std::optional<RegisterReading> usual;
  Names boots;
};

struct Findings {
  Way way;
  std::size_t recordings = 0;  // that could be read
  std::size_t machines = 0;
  std::array<std::size_t, 4> usable{};  // by Usable
  std::vector<Group> groups;
  std::vector<Outlier> outliers;
  std::size_t outlier_count = 0;  // with those beyond what Conclude() was to keep
  std::vector<MoreCpus> more_cpus;
  std::vector<OfFirmware> of_firmware;
  std::vector<Split> splits;
  std::size_t without_like = 0;    // machines of which there is no other of their kin
  std::vector<FailingRule> rules;  // most failures first
  std::vector<Level> firmware;     // oldest first, by board
  std::vector<Level> microcode;    // oldest first, by signature
  std::vector<Change> changes;
  std::vector<InSomeBoots> boots;
  std::vector<Unread> unread;
  std::size_t unread_count = 0;  // with those beyond Names::kMostKept
  std::vector<ByNature> left_out;
  std::size_t not_recordings = 0;
  // That of a recording that can't be read, or else 1, 2, 3 or 0, the first of these
  // that a machine has; 66 where there is none.
  int exit_code = 66;
};

// Of outliers, and of the values of a split, the first `most` are kept: there may be as
// many as there are values in the fleet, and who shows a few holds no more.
Findings Conclude(const Fold& fold, std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace vtprobe::fleet

#endif  // VTPROBE_FLEET_FINDINGS_H_
