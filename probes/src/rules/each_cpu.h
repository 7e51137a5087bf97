// What all rules about MSRs of single CPUs have in common: whether a CPU has
// the registers, whether they were read, and which CPUs are alike.

#ifndef VTPROBE_PROBES_SRC_RULES_EACH_CPU_H_
#define VTPROBE_PROBES_SRC_RULES_EACH_CPU_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "rules/findings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// CPUs of one kind that gave the same readings of a rule's MSRs.
struct AlikeCpus {
  CpuSet cpus;
  const RegisterView& registers;
};

// Calls `visit` for all CPUs that have the rule's registers and of which all of
// them were read. What there is to say of the others goes into `findings`.
template <typename Visit>
void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings, Visit&& visit);

// The rule's settings: the profile's, or none.
const Settings& SettingsOf(const Rule& rule, const RuleInput& input);

// `rule.check` for each CPU.
std::vector<Finding> JudgeEachCpu(const Rule& rule, const RuleInput& input);

namespace internal {

// The feature registers of CPUs of one kind, with the MSRs of some of them.
class KindWithMsrs final : public RegisterView {
 public:
  KindWithMsrs(const SnapshotRow& kind, const SnapshotRow& msrs) : kind_(kind), msrs_(msrs) {}

  MsrReading Msr(MsrAddress address) const override { return msrs_.Msr(address); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return kind_.Cpuid(leaf); }

 private:
  const SnapshotRow& kind_;
  const SnapshotRow& msrs_;
};

// What a rule's gates say of CPUs of one kind. A gate that looks at CPUID alone
// is asked once for all of them, since CPUs that differ in an MSR are many.
class KindGates {
 public:
  KindGates(const Rule& rule, const RuleInput& input, const RegisterView& kind);

  bool is_guest() const { return is_guest_; }
  // Whether the rule applies to such a CPU, and whether it has the rule's MSR of
  // that number.
  Presence Applies(const RegisterView& cpu) const;
  Presence Has(std::size_t msr, const RegisterView& cpu) const;

 private:
  const Rule& rule_;
  bool is_guest_;
  // Nothing: it depends on the CPU's MSRs.
  std::optional<Presence> applies_;
  std::vector<std::optional<Presence>> has_;
};

// Whether the rule has these CPUs to judge; if not, says why not.
bool IsToBeChecked(const Rule& rule, const KindGates& gates, const AlikeCpus& alike,
                   Findings* findings);

}  // namespace internal

template <typename Visit>
void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings, Visit&& visit) {
  Selection msrs;
  for (const MsrDef* const msr : rule.gates) msrs.Add(msr->address);
  for (const MsrDef* const msr : rule.msrs) msrs.Add(msr->address);
  const std::vector<SnapshotRow> rows = input.snapshot.Rows(msrs);
  for (const SnapshotRow& kind : input.kinds()) {
    const internal::KindGates gates(rule, input, kind);
    for (const SnapshotRow& row : rows) {
      // All CPUs of a machine are of one kind as a rule.
      CpuSet cpus = input.kinds().size() == 1 ? row.cpus() : row.cpus().Intersection(kind.cpus());
      if (cpus.empty()) continue;
      const internal::KindWithMsrs registers(kind, row);
      const AlikeCpus alike{std::move(cpus), registers};
      if (internal::IsToBeChecked(rule, gates, alike, findings)) visit(alike);
    }
  }
}

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_SRC_RULES_EACH_CPU_H_
