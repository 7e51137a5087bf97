// What a paste says, gathered while it is read, and put on CPUs at its end.
//
// A paste seldom says of which CPU it speaks. A reading is therefore of a CPU
// with a number, of one CPU without, or of one of a list of CPUs without
// numbers; and only when all is read is it known how many CPUs there are. None
// is made up: lists of CPUs without numbers are the same CPUs, not more.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_EVIDENCE_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_EVIDENCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// Of which CPU a reading is.
class Whose {
 public:
  // One CPU of the machine, nothing says which.
  static Whose One() { return {Kind::kOne, 0, 0, false}; }
  static Whose Cpu(std::uint32_t number) { return {Kind::kNumbered, 0, number, true}; }
  // CPU 0, since the program reads that one unless it is told otherwise.
  static Whose First() { return {Kind::kNumbered, 0, 0, false}; }
  // The CPU at that place of a list without numbers.
  static Whose Listed(std::uint32_t list, std::uint32_t place) {
    return {Kind::kListed, list, place, false};
  }

  enum class Kind : std::uint8_t { kOne, kNumbered, kListed };
  Kind kind() const { return kind_; }
  std::uint32_t list() const { return list_; }
  std::uint32_t number() const { return number_; }  // or the place in its list
  bool is_stated() const { return is_stated_; }     // the text gives the number

 private:
  Whose(Kind kind, std::uint32_t list, std::uint32_t number, bool is_stated)
      : kind_(kind), is_stated_(is_stated), list_(list), number_(number) {}

  Kind kind_;
  bool is_stated_;
  std::uint32_t list_;
  std::uint32_t number_;
};

// Whose words they are.
enum class Speaker : std::uint8_t { kKernel, kFirmware, kTool };

class Evidence {
 public:
  // A list of CPUs without numbers begins; what it is called by.
  std::uint32_t NewList(std::size_t line);

  void AddMsr(Whose cpu, MsrAddress address, MsrReading reading, std::size_t line);
  // Bits high to low of a register, the field's value right-aligned.
  void AddBits(Whose cpu, MsrAddress address, unsigned high, unsigned low, std::uint64_t field,
               std::size_t line);
  // The same, where rdmsr was asked for a part (-f): it could be asked for all of it.
  void AddAskedBits(Whose cpu, MsrAddress address, unsigned high, unsigned low, std::uint64_t field,
                    std::size_t line);
  void AddCpuid(Whose cpu, CpuidLeaf leaf, PartialCpuid answer, std::size_t line);
  void AddWords(Speaker speaker, std::string_view words, std::size_t line);
  // The first value of a key stands.
  void SetMeta(std::string_view key, std::string_view value);
  // The numbers given are of cores, and not of logical CPUs.
  void NumberCores() { numbers_cores_ = true; }
  // What follows was taken at another time: the same tool starts again.
  void StartAnotherTime(std::size_t line);
  void AddNote(std::string note) { notes_.push_back(std::move(note)); }

  const std::vector<std::string>& notes() const { return notes_; }

  bool empty() const { return !has_readings() && !has_said_; }
  // The line of the first reading that is one too many for a recording, 0 if none is.
  std::size_t first_beyond() const { return first_beyond_; }
  bool has_readings() const { return !msrs_.empty() || !cpuid_.empty(); }

  // How much was taken, for a summary.
  struct Count {
    std::size_t registers = 0;
    std::size_t cpus = 0;
    std::size_t words = 0;
  };
  // Puts it together. Leaves the evidence empty.
  Imported Build(Count* count) &&;

 private:
  struct MsrRecord {
    Whose cpu;
    MsrAddress address;
    MsrReading reading;
    std::size_t line;
  };
  struct CpuidRecord {
    Whose cpu;
    CpuidLeaf leaf;
    PartialCpuid answer;
    std::size_t line;
  };
  struct List {
    std::size_t line;
    std::uint32_t size = 0;
  };
  class Assembly;

  std::size_t size() const { return msrs_.size() + cpuid_.size(); }
  bool IsTaken(Whose cpu, std::size_t line);

  std::vector<MsrRecord> msrs_;
  std::vector<CpuidRecord> cpuid_;
  std::vector<List> lists_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::array<std::vector<std::string>, 3> words_;  // by speaker
  std::set<MsrAddress> asked_in_part_;
  std::set<std::string, std::less<>> said_;
  bool has_said_ = false;
  bool has_stated_number_ = false;
  bool numbers_cores_ = false;
  std::size_t another_time_ = 0;  // the line where it begins, 0: nowhere
  bool has_later_ = false;
  std::size_t first_beyond_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_EVIDENCE_H_
