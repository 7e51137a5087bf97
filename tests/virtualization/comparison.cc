#include "virtualization/comparison.h"

#include <gtest/gtest.h>

#include "vtprobe/wording/wording.h"

namespace vtprobe::cases {
namespace {

constexpr std::size_t kBatch = 1024;

oracle::CpuAnswer AnswerOf(const VirtualizationGroup& group) {
  return {group.state, group.usable, group.attribution, group.technology};
}

oracle::CpuAnswer AnswerOf(const VirtualizationVerdict& verdict) {
  return {verdict.state, verdict.usable, verdict.attribution, verdict.technology};
}

}  // namespace

std::string WhatIsMissing(const PlatformSnapshot& snapshot, const VirtualizationVerdict& verdict) {
  if (Headline(verdict).empty()) return "the headline";
  if (Headline(verdict).find('\n') != std::string::npos) return "the end of the headline's line";
  if (Explanation(verdict).empty()) return "the explanation";
  const bool nothing_to_do = verdict.usable == Usable::kYes && ExitCode(verdict) == 0;
  if (Remedy(verdict).empty() && !nothing_to_do) return "the remedy";
  CpuSet named;
  for (const VirtualizationGroup& group : verdict.groups) {
    if (group.cpus.empty()) return "the CPUs of a group";
    if (group.cpus.Intersects(named)) return "a group that is disjoint from the others";
    if (!named.empty() && group.cpus.First() < named.First()) return "the groups' order";
    named = named.Union(group.cpus);
  }
  // By lowest CPU: each group starts above the group before it.
  for (std::size_t i = 1; i < verdict.groups.size(); ++i) {
    if (verdict.groups[i].cpus.First() < verdict.groups[i - 1].cpus.First()) {
      return "the groups' order";
    }
  }
  return named == snapshot.online() ? "" : "a group for every online CPU, and for no other";
}

void Comparison::Mismatch(const std::string& what, const PlatformSnapshot& snapshot) {
  ++mismatches_;
  ADD_FAILURE() << what << "; " << Reproduce(snapshot);
}

void Comparison::EachCpu(const std::vector<Cpu>& cpus, const Host& host) {
  const oracle::HostFacts host_facts = Facts(host);
  const PlatformSnapshot snapshot = Machine(cpus, host);
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  if (const std::string missing = WhatIsMissing(snapshot, verdict); !missing.empty()) {
    Mismatch("missing: " + missing, snapshot);
  }
  for (const VirtualizationGroup& group : verdict.groups) {
    const oracle::CpuAnswer got = AnswerOf(group);
    for (const LogicalCpu cpu : group.cpus.ToVector()) {
      const oracle::CpuAnswer want = oracle_.OfCpu(Facts(cpus.at(Number(cpu))), host_facts);
      ++compared_;
      if (got == want || over()) continue;
      Mismatch("want " + Words(want) + ", got " + Words(got), snapshot.RestrictedTo(CpuSet(cpu)));
    }
  }
}

void Comparison::WholeMachine(const std::vector<Cpu>& cpus, const Host& host) {
  EachCpu(cpus, host);
  const oracle::HostFacts host_facts = Facts(host);
  std::vector<oracle::CpuAnswer> answers;
  for (const Cpu& cpu : cpus) answers.push_back(oracle_.OfCpu(Facts(cpu), host_facts));
  const oracle::HostAnswer want = oracle_.OfHost(answers);

  const PlatformSnapshot snapshot = Machine(cpus, host);
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  const oracle::CpuAnswer got = AnswerOf(verdict);
  if (over() || (got == want.answer && ExitCode(verdict) == want.exit_code)) return;
  Mismatch("machine: want " + Words(want.answer) + " exit " + std::to_string(want.exit_code) +
               ", got " + Words(got) + " exit " + std::to_string(ExitCode(verdict)),
           snapshot);
}

Batch::~Batch() { Flush(); }

void Batch::Add(const Cpu& cpu) {
  cpus_.push_back(cpu);
  if (cpus_.size() == kBatch) Flush();
}

void Batch::Flush() {
  if (!cpus_.empty() && !comparison_->over()) comparison_->EachCpu(cpus_, host_);
  cpus_.clear();
}

}  // namespace vtprobe::cases
