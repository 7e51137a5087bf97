// Puts machines before the engine and before the oracle, and fails the running
// test where they differ. A difference is one line that a shell can replay;
// after ten of them a comparison is over, since more would say the same.

#ifndef VTPROBE_TESTS_VIRTUALIZATION_COMPARISON_H_
#define VTPROBE_TESTS_VIRTUALIZATION_COMPARISON_H_

#include <cstddef>
#include <string>
#include <vector>

#include "virtualization/cases.h"
#include "virtualization/oracle.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::cases {

// What any verdict must have, whatever it says. Empty if it has it.
std::string WhatIsMissing(const PlatformSnapshot& snapshot, const VirtualizationVerdict& verdict);

class Comparison {
 public:
  // Compares what is said of each CPU. Many CPUs in one machine are cheaper
  // than as many machines.
  void EachCpu(const std::vector<Cpu>& cpus, const Host& host);

  // Compares what is said of the machine and its exit code as well.
  void WholeMachine(const std::vector<Cpu>& cpus, const Host& host);

  bool over() const { return mismatches_ >= 10; }
  std::size_t compared() const { return compared_; }
  oracle::Oracle& oracle() { return oracle_; }

 private:
  void Mismatch(const std::string& what, const PlatformSnapshot& snapshot);

  oracle::Oracle oracle_;
  std::size_t compared_ = 0;
  std::size_t mismatches_ = 0;
};

// Gathers CPUs of one machine until they are worth comparing.
class Batch {
 public:
  Batch(const Host& host, Comparison* comparison) : host_(host), comparison_(comparison) {}
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void Add(const Cpu& cpu);

 private:
  void Flush();

  Host host_;
  Comparison* comparison_;
  std::vector<Cpu> cpus_;
};

}  // namespace vtprobe::cases

#endif  // VTPROBE_TESTS_VIRTUALIZATION_COMPARISON_H_
