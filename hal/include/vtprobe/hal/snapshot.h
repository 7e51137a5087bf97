// What was read from a machine: per CPU, per register, a value, or the failure
// that was seen, or nothing. The three stay distinct.
//
// A snapshot is a plain immutable value. Capture and the dump parser make one,
// the decision engine looks at nothing else, and the dump writer stores it.
//
// It is laid out by register, not by CPU: a column holds, for one register,
// each reading with the set of CPUs that gave it. "The same on every CPU" is
// then one entry, a text dump maps onto it line by line, and memory grows with
// what was said, not with CPUs x registers.
//
// Thread-safety: const access from several threads is safe.

#ifndef VTPROBE_HAL_SNAPSHOT_H_
#define VTPROBE_HAL_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/reading_table.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// The registers that somebody declares to look at.
struct Selection {
  std::map<CpuidLeaf, CpuidRegisterMask> cpuid;
  std::vector<MsrAddress> msrs;  // ascending, each once

  void Add(CpuidLeaf leaf, CpuidRegisterMask mask = kAllCpuidRegisters);
  void Add(MsrAddress address);
  void Add(const Selection& other);
};

// The readings that all of some CPUs share. Of registers outside the selection
// it was made with, it says kNotRecorded. Borrows from its snapshot.
class SnapshotRow final : public RegisterView {
 public:
  const CpuSet& cpus() const& { return cpus_; }
  CpuSet cpus() && { return std::move(cpus_); }
  // Rows of one call with the same number agree in CPUID. From 0 on.
  std::size_t cpuid_class() const { return cpuid_class_; }
  MsrReading Msr(MsrAddress address) const override;
  CpuidReading Cpuid(CpuidLeaf leaf) const override;
  // Stores that of the selection's MSR of that number, from 0 on, without a
  // search; and without handing it over in registers, which costs more than
  // all the rest.
  void ReadMsr(std::size_t number, MsrReading* reading) const;
  // Whether all rows of the call gave the same for that one.
  bool IsMsrOfAll(std::size_t number) const;

 private:
  friend class PlatformSnapshot;
  // What the rows of one call have in common: where their readings stand.
  struct Sheet;

  CpuSet cpus_;
  std::shared_ptr<const Sheet> sheet_;
  std::size_t number_ = 0;
  std::size_t cpuid_class_ = 0;
};

class PlatformSnapshot {
 public:
  template <typename Reading>
  using ByValue = std::vector<std::pair<CpuSet, Reading>>;

  const Metadata& metadata() const { return metadata_; }
  Metadata& mutable_metadata() { return metadata_; }
  // The CPUs that the snapshot speaks of and that count.
  const CpuSet& online() const { return online_; }
  // The CPUs declared offline: listed, not counted.
  const CpuSet& offline() const { return offline_; }

  MsrReading Msr(LogicalCpu cpu, MsrAddress address) const;
  CpuidReading Cpuid(LogicalCpu cpu, CpuidLeaf leaf) const;

  // Every register of which anything is recorded, ascending.
  Selection Everything() const;

  // Whether there is anything of the register, of whichever CPU.
  bool IsRecorded(MsrAddress address) const;

  // Each distinct reading of the register with its CPUs, online or not,
  // ordered by lowest CPU. CPUs of which nothing is recorded are in none.
  ByValue<MsrReading> Values(MsrAddress address) const;
  ByValue<CpuidReading> Values(CpuidLeaf leaf) const;

  // The same of `cpus` alone, and last, with kNotRecorded, those of them of
  // which nothing is recorded.
  ByValue<MsrReading> ReadingsOf(MsrAddress address, const CpuSet& cpus) const;
  ByValue<CpuidReading> ReadingsOf(CpuidLeaf leaf, const CpuSet& cpus) const;

  // The online CPUs, grouped so that those of one group gave the same readings
  // of all selected registers; ordered by lowest CPU. O(columns) when the CPUs are alike, O(CPUs x
  // columns) at worst.
  std::vector<SnapshotRow> Rows(const Selection& selection) const;

  // The same snapshot of these CPUs only.
  PlatformSnapshot RestrictedTo(const CpuSet& cpus) const;

  // The same metadata, CPUs and readings, however they were put together.
  friend bool operator==(const PlatformSnapshot& a, const PlatformSnapshot& b);

 private:
  friend class ColumnBuilder;
  friend class SnapshotBuilder;
  friend struct ColumnAccess;

  Metadata metadata_;
  CpuSet online_;
  CpuSet offline_;
  std::vector<CpuSet> sets_;
  ReadingTable<MsrCell> msrs_;
  ReadingTable<CpuidCell> cpuid_;
};

// One CPU of a snapshot, all registers of it. Borrows the snapshot.
class SnapshotCpu final : public RegisterView {
 public:
  SnapshotCpu(const PlatformSnapshot& snapshot, LogicalCpu cpu) : snapshot_(&snapshot), cpu_(cpu) {}

  MsrReading Msr(MsrAddress address) const override { return snapshot_->Msr(cpu_, address); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return snapshot_->Cpuid(cpu_, leaf); }

 private:
  const PlatformSnapshot* snapshot_;
  LogicalCpu cpu_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SNAPSHOT_H_
