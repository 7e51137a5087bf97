#include "vtprobe/probes/selections.h"

#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/topology.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {

Selection IdentityRegisters() {
  Selection registers;
  for (const CpuidLeaf leaf : {
           CpuidLeaf{0x0, 0},          // vendor, highest leaf
           CpuidLeaf{0x1, 0},          // family, model, stepping, features
           CpuidLeaf{0x7, 0},          // features, hybrid
           CpuidLeaf{0x1f, 0},         // topology, the successor of 0xB
           CpuidLeaf{0x4000'0000, 0},  // hypervisor
           CpuidLeaf{0x8000'0000, 0},  // highest extended leaf
           CpuidLeaf{0x8000'0001, 0},  // features
           CpuidLeaf{0x8000'0002, 0},  // brand string, in three parts
           CpuidLeaf{0x8000'0003, 0},
           CpuidLeaf{0x8000'0004, 0},
       }) {
    registers.Add(leaf);
  }
  registers.Add(TopologyRegisters());
  return registers;
}

Selection CheckedRegisters() {
  Selection registers = JudgedRegisters();
  registers.Add(IdentityRegisters());
  return registers;
}

Selection RecordedRegisters(bool identifiers) {
  Selection registers = CheckedRegisters();
  registers.Add(registers::KnownRegisters(identifiers));
  return registers;
}

}  // namespace vtprobe
