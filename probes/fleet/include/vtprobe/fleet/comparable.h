// Which registers, and which of their bits, machines are held against each other in.
// What differs between twins that are set alike would make each of them an outlier, so
// it is left out: by name, from tables, and never for being noisy.

#ifndef VTPROBE_FLEET_COMPARABLE_H_
#define VTPROBE_FLEET_COMPARABLE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::fleet {

// An MSR, or one output of one leaf of CPUID. MSRs come first.
struct RegisterId {
  bool is_cpuid = false;
  std::uint32_t number = 0;  // the MSR's address, or the leaf
  std::uint32_t subleaf = 0;
  CpuidRegister output = CpuidRegister::kEax;

  static RegisterId Of(MsrAddress address) { return {false, Number(address)}; }
  static RegisterId Of(CpuidLeaf leaf, CpuidRegister output) {
    return {true, leaf.leaf, leaf.subleaf, output};
  }
  MsrAddress msr() const { return MsrAddress{number}; }          // requires !is_cpuid
  CpuidLeaf leaf() const { return CpuidLeaf{number, subleaf}; }  // requires is_cpuid

  // Of what the compiler makes of a bool.
  // NOLINTNEXTLINE(readability-implicit-bool-conversion)
  friend auto operator<=>(const RegisterId&, const RegisterId&) = default;
};

// Null for one that has none.
const CpuidDef* FindCpuid(const RegisterId& reg);

// As its definition has it, or "MSR 0x17", "CPUID.0x7.0x1:EAX".
std::string NameOf(const RegisterId& reg);
// "0x3a"; of CPUID "0x7.0x1".
std::string AddressOf(const RegisterId& reg);

// kMachines: bits that differ between machines alone, so that recordings of one
// machine are compared in them. kRecordings: bits that differ from one recording to
// the next.
enum class Between : std::uint8_t { kMachines, kRecordings };

// A row of differs_by_nature.def.
struct ByNature {
  bool is_cpuid = false;
  std::uint32_t first = 0;  // MSR, or leaf
  std::uint32_t last = 0;
  std::uint32_t first_subleaf = 0;
  std::uint64_t mask = 0;
  Between between = Between::kMachines;
  std::string_view name;
  std::string_view reason;
  std::string_view spec;

  bool Covers(const RegisterId& reg) const {
    return is_cpuid == reg.is_cpuid && first <= reg.number && reg.number <= last &&
           first_subleaf <= reg.subleaf;
  }
};

std::span<const ByNature> AllByNature();

// The bits of a register that are compared: between machines that are alike, and
// between recordings of one machine. 0: none.
struct ComparedBits {
  std::uint64_t of_machines = 0;
  std::uint64_t of_recordings = 0;
};

// Asked of a table once for each register. Not thread-safe: each thread has its own.
class Comparable {
 public:
  ComparedBits BitsOf(const RegisterId& reg);
  // The places in AllByNature() of rows that a register asked of so far has.
  const std::set<std::size_t>& left_out() const { return left_out_; }
  // As if one had been asked of.
  void AddLeftOut(std::size_t row) { left_out_.insert(row); }

 private:
  std::map<RegisterId, ComparedBits> known_;
  std::set<std::size_t> left_out_;
};

}  // namespace vtprobe::fleet

#endif  // VTPROBE_FLEET_COMPARABLE_H_
