// Gathers what a file says of CPUs, in the order in which it says it, and makes
// a snapshot of that.
//
// Some questions can be answered only at the end of a file: whether its CPUs
// are counted from 0 or from 1, which number is left for a CPU that was given
// none, and how far its leaves go. Readings are therefore kept as they come and
// put on CPUs in one go. Where a register has several readings on one CPU, the
// first one stands, since it is the nearest to what firmware left; the others
// are spoken of in a note unless they are equal.

#ifndef VTPROBE_PROBES_IMPORT_SRC_CPU_COLLECTOR_H_
#define VTPROBE_PROBES_IMPORT_SRC_CPU_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "subleaf_order.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// CPUID as a text has it on a line.
struct LeafLine {
  std::uint32_t leaf = 0;
  std::optional<std::uint32_t> subleaf;  // nothing: the text does not number it
  CpuidRegisters registers;
};

class CpuCollector {
 public:
  // How the CPUs of one kind of header are counted. kPerhapsFromOne: from one
  // if no header of that kind has a 0 and one has a 1.
  enum class Numbering : std::uint8_t { kFromZero, kPerhapsFromOne };

  // What follows is said of this CPU, which exists even if nothing follows.
  // False, and nothing changed, for a number above kMaxCpuNumber.
  [[nodiscard]] bool OpenCpu(std::uint32_t number, Numbering numbering = Numbering::kFromZero);
  // What follows is said of one CPU that the text gives no number, the same at
  // each call. It is where readings before the first call of any Open go.
  void OpenUnnumberedCpu();
  // The same of another CPU than all before. False, and nothing changed, if
  // there are more than can be numbered.
  [[nodiscard]] bool OpenNextUnnumberedCpu();
  // What follows is said of one of the other CPUs, and the text does not say
  // of which.
  void OpenSomeCpu();

  // `line` is 1-based; 0 in a file whose lines mean nothing. A sample is one of
  // several readings that were taken of a changing register on purpose.
  void AddMsr(MsrAddress address, MsrReading reading, std::size_t line, bool is_sample = false);
  void AddCpuid(CpuidLeaf leaf, CpuidReading reading, std::size_t line);
  // Without a subleaf's number, each repetition below one Open is the next
  // subleaf if the leaf has subleaves at all.
  void AddCpuid(const LeafLine& answer, std::size_t line);

  bool has_readings() const { return !msrs_.empty() || !cpuid_.empty(); }

  // The line looks like a reading and is none.
  void AddUnreadableLine(std::size_t line);
  // The line names a register that the importer does not know.
  void AddUnknownRegister(std::string_view name, std::size_t line);
  void AddNote(std::string note) { notes_.push_back(std::move(note)); }
  Metadata& metadata() { return metadata_; }

  // Leaves out what lies above the maxima that leaves 0 and 0x8000_0000 of the
  // same CPU state: what the text gives there was left over from other leaves.
  void HonourMaximumLeaves() { honours_maxima_ = true; }

  // An error if there is not one reading, or too many CPUs.
  tl::expected<Imported, Error> Build(const File& file) &&;

 private:
  enum class Kind : std::uint8_t { kFromZero, kPerhapsFromOne, kUnnumbered, kSome };
  struct Cpu {
    Kind kind;
    std::uint32_t number;  // as the text has it, later as the snapshot has it
    bool has_readings = false;
  };
  struct MsrRecord {
    std::uint32_t cpu;  // index into cpus_
    std::uint32_t line;
    MsrAddress address;
    bool is_sample;
    MsrReading reading;
  };
  struct CpuidRecord {
    std::uint32_t cpu;
    std::uint32_t line;
    CpuidLeaf leaf;
    CpuidReading reading;
  };
  // Lines of which a note speaks once.
  struct Occurrences {
    void Add(std::size_t line) {
      if (count++ == 0) first_line = line;
    }
    std::size_t count = 0;
    std::size_t first_line = 0;
  };
  class Assembly;

  void Open(Kind kind, std::uint32_t number);
  std::uint32_t CurrentCpu();
  // Gives each CPU the number that it has in the snapshot. False if there are
  // more CPUs than numbers.
  bool NumberCpus();
  void CountFromZero();
  bool NumberUnnumbered(std::vector<bool>* taken);
  void NumberSome(const std::vector<bool>& taken);

  std::vector<Cpu> cpus_;
  std::unordered_map<std::uint64_t, std::uint32_t> index_;  // by kind and number
  std::optional<std::uint32_t> current_;
  std::uint32_t unnumbered_ = 0;
  SubleafOrder subleaves_;
  std::vector<MsrRecord> msrs_;
  std::vector<CpuidRecord> cpuid_;
  bool honours_maxima_ = false;
  Occurrences unreadable_;
  Occurrences unknown_;
  std::string first_unknown_;
  Metadata metadata_;
  std::vector<std::string> notes_;
};

inline constexpr std::string_view kUnknownValue = "unknown";

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_CPU_COLLECTOR_H_
