// The readings of one machine, gathered in the order in which a file gives
// them.
//
// A snapshot holds one reading of a register of a CPU. Recordings may hold
// several, taken one after the other: the first is kept, since it is the one
// nearest to what firmware left, and a note says where the others differ.

#ifndef VTPROBE_TOOLS_IMPORT_READINGS_H_
#define VTPROBE_TOOLS_IMPORT_READINGS_H_

#include <cstdint>
#include <vector>

#include "import/importer.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::import {

class Readings {
 public:
  // The CPU was looked at, even if nothing of it is known.
  void AddCpu(LogicalCpu cpu) { cpus_.push_back(Number(cpu)); }
  void AddMsr(LogicalCpu cpu, MsrAddress address, MsrReading reading);
  void AddCpuid(LogicalCpu cpu, CpuidLeaf leaf, CpuidReading reading);

  bool empty() const { return msrs_.empty() && cpuid_.empty(); }

  // Everything, with a note if there was more than the snapshot can hold.
  Imported Build() &&;

 private:
  template <typename Key, typename Reading>
  struct Entry {
    std::uint32_t cpu;
    Key key;
    Reading reading;
  };

  std::vector<std::uint32_t> cpus_;
  std::vector<Entry<MsrAddress, MsrReading>> msrs_;
  std::vector<Entry<CpuidLeaf, CpuidReading>> cpuid_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_TOOLS_IMPORT_READINGS_H_
