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
#define VTPROBE_TABLE(kind, function) kind,
#include "paste/tables.def"
#undef VTPROBE_TABLE
};

// rdmsr was run, and what it prints stands below. Which number is of which call
// is only known when all have been seen: one too many or too few, and none is of
// any.
struct Expected {
  struct Output {
    std::optional<std::uint64_t> value;  // nothing: a failure, or an echoed line
    std::optional<std::uint32_t> cpu;    // as the line says
    std::uint32_t count = 1;             // as uniq -c says
    std::size_t line = 0;
  };

  ShellLine shell;
  std::size_t line = 0;
  // Further commands may have been run below the first, whose outputs these are.
  bool is_doubtful = false;
  std::vector<Output> outputs;
};

// Eight bytes of a register are shown below (device_bytes.cc).
struct ShownBytes {
  Whose cpu = Whose::One();
  MsrAddress address{};
  unsigned base = 16;
  std::uint32_t unit = 1;  // bytes that are shown as one number
  bool is_xxd = false;
  bool has_offset = true;  // each line begins with its place
  std::uint64_t begins = 0;
  std::uint32_t offset = 0;
  std::optional<std::uint32_t> length;
  std::uint64_t register_at = 0;
  bool is_read = false;
};

// The part of a register that a program compared among CPUs.
struct ComparedPart {
  MsrAddress address{};
  std::uint32_t shift = 0;
  std::uint64_t mask = 0;  // of the shifted value
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
  std::vector<std::uint32_t> group;  // the CPUs that a header of BITS names
  TableKind table = TableKind::kNone;
  std::optional<Expected> expected;
  std::size_t silent = 0;          // the first line that runs rdmsr and has no output below
  bool expects_release = false;    // `uname -r` was run
  std::optional<CpuidLeaf> asked;  // CPUID was asked for, the answer stands below
  // A leaf that broke off at the end of its line.
  std::optional<std::pair<CpuidLeaf, PartialCpuid>> unfinished;
  std::optional<ShownBytes> bytes;
  std::string fwts_sentence;  // of a register that fwts found inconsistent
  std::size_t fwts_lines = 0;
  std::optional<ComparedPart> compared;  // which it says
  std::optional<Whose> debugged;         // the processor that WinDbg's prompt names
  // Of the device that cpucontrol asked for CPUID; false if that is not known.
  std::optional<std::pair<bool, Whose>> device;
  SubleafOrder subleaves;
  StatedIdentity identity;
  std::string host;     // that a prompt named
  std::string command;  // one that goes on over several lines
  std::vector<std::size_t> command_lines;
  Whose msrtool = Whose::First();  // the CPU that it was asked for
  bool has_turbostat = false;
  bool is_x86info = false;  // which counts CPUs from 1
  // Lines that were taken for output of rdmsr, and can't be said to be of any call.
  std::vector<std::size_t> unplaced;
  std::optional<bool> measured_launch;  // by txt-stat
};

// A command shows bytes below. False if it is not known how.
bool OpenShownBytes(std::string_view command, Reading* reading);

// What rdmsr was asked is known, and its output is awaited.
void Expect(ShellLine shell, const PeeledLine& line, Reading* reading);
// Takes a number that rdmsr printed. False if none was expected here.
bool TakeNumberOfRdmsr(const PeeledLine& line, Reading* reading);
// A failure stands for the number of the next call. Says which call that is.
RdmsrCall TakeFailureOfRdmsr(std::size_t line, Reading* reading);
// Whether as many lines were taken as the calls print.
bool HasAllOutput(const Reading& reading);
// The output ends: the numbers are put in place.
void EndExpected(Reading* reading);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_READING_H_
