// The state of reading a paste: what was gathered, and what a line before gives
// a meaning to the lines behind it.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_READING_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_READING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "paste/command_line.h"
#include "paste/evidence.h"
#include "paste/line_layers.h"
#include "subleaf_order.h"
#include "vtprobe/import/explain.h"

namespace vtprobe::import {

// The rows of a table that a header opened.
enum class TableKind : std::uint8_t {
  kNone,
  kMonitorCpuid,  // Function EAX EBX ECX EDX
  kMonitorMsr,    // MSR EDX EAX
  kDmi            // dmidecode's BIOS Information
};

// rdmsr was run, and what it prints stands below.
struct Expected {
  ShellLine shell;
  std::size_t line = 0;
  std::size_t taken = 0;  // numbers and failures
  struct List {
    std::uint32_t id = 0;
    std::uint32_t size = 0;  // 0: not begun
  };
  std::vector<List> lists;                                  // of each call
  std::vector<std::pair<std::uint64_t, std::size_t>> held;  // of several "-a", until their end
};

// What /proc/cpuinfo and lscpu say of one CPU, until it is enough.
struct StatedIdentity {
  std::optional<std::uint32_t> family;
  std::optional<std::uint32_t> model;
  std::optional<std::uint32_t> stepping;
};

struct Reading {
  // The CPU that a header named, or one of which nothing is said.
  Whose Current() const { return cpu.value_or(Whose::One()); }

  Evidence evidence;
  std::optional<Whose> cpu;
  TableKind table = TableKind::kNone;
  std::optional<Expected> expected;
  bool expects_release = false;    // `uname -r` was run
  std::optional<CpuidLeaf> asked;  // CPUID was asked for, the answer stands below
  // A leaf that broke off at the end of its line.
  std::optional<std::pair<CpuidLeaf, PartialCpuid>> unfinished;
  SubleafOrder subleaves;
  StatedIdentity identity;
  std::string loop;  // a command that goes on over several lines
  bool has_turbostat = false;
  std::optional<bool> measured_launch;  // by txt-stat
};

// Takes a number that rdmsr printed. False if none was expected here.
bool TakeNumberOfRdmsr(const PeeledLine& line, Reading* reading);
// The output ends: what was held is put in place.
void EndExpected(Reading* reading);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_READING_H_
