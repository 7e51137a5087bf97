// A recorded machine: a folder of recorded-msr-dumps with its three files, as
// recorded-msr-dumps/FORMAT.md states them.

#ifndef VTPROBE_TESTS_CORPUS_MACHINE_FOLDER_H_
#define VTPROBE_TESTS_CORPUS_MACHINE_FOLDER_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "corpus/strict_toml.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::corpus {

struct Manifest {
  std::string title;
  std::string vendor;  // the CPU's maker
  std::string source;
  std::string how;                  // "transcribed", "synthetic", "recorded"
  std::optional<std::string> base;  // GROUP/NAME; absent: the dump is whole
  std::string licence;
  std::string known;
  std::optional<std::string> filled_in;
  std::optional<std::string> emulator;  // absent: somebody had the machine
};

struct ExpectedGroup {
  CpuSet cpus;
  std::string state;
  std::optional<std::string> attribution;  // absent: not checked
  std::optional<std::string> unread;       // absent: nothing was unread
};

struct ExpectedFinding {
  std::string rule;
  std::string outcome;
  CpuSet cpus;
};

struct Expected {
  std::string state;
  std::string usable;
  std::string attribution;
  std::string technology;
  std::int64_t exit_code = 0;
  std::optional<std::string> hypervisor;  // absent: no guest
  std::vector<std::string> says;
  std::vector<std::string> never_says;
  std::vector<ExpectedGroup> groups;
  std::vector<ExpectedFinding> findings;    // all that neither pass nor are not applicable
  std::vector<std::string> passes;          // rules of which every finding passes
  std::vector<std::string> not_applicable;  // rules of which no finding does apply
};

struct Machine {
  PlatformSnapshot snapshot;
  std::vector<PlatformSnapshot> earlier;  // of the same machine, the earliest first
  Manifest manifest;
  Expected expected;
};

// The recorded machines of this tree.
std::filesystem::path ShippedDumps();

// The machines' folders, root/GROUP/NAME, as "GROUP/NAME", sorted. A root that
// can't be listed has none.
std::vector<std::string> MachineFolders(const std::filesystem::path& root);

// Everything in one folder, or every problem that it has: a file that is
// missing or not expected, a malformed dump, a key that is missing or unknown,
// a manifest that contradicts the dump.
tl::expected<Machine, Problems> LoadMachine(const std::filesystem::path& root,
                                            const std::string& folder);

}  // namespace vtprobe::corpus

#endif  // VTPROBE_TESTS_CORPUS_MACHINE_FOLDER_H_
