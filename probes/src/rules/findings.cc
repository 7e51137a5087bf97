#include "rules/findings.h"

#include <algorithm>
#include <utility>

namespace vtprobe::rules {
namespace {

// The CPU list is whole, and the recording holds the rest.
constexpr std::size_t kMaxEvidence = 16;

void AddNew(Evidence reading, std::vector<Evidence>* evidence) {
  if (evidence->size() >= kMaxEvidence) return;
  if (std::find(evidence->begin(), evidence->end(), reading) == evidence->end()) {
    evidence->push_back(std::move(reading));
  }
}

}  // namespace

Finding MakeFinding(const Rule& rule, Outcome outcome, CpuSet cpus, std::string message) {
  Finding finding;
  finding.rule = rule.id;
  finding.outcome = outcome;
  finding.severity = rule.severity;
  finding.cpus = std::move(cpus);
  finding.message = std::move(message);
  finding.spec = rule.spec;
  return finding;
}

CpuSet OutsideLargest(const std::vector<CpuSet>& groups) {
  std::size_t largest = 0;
  for (const CpuSet& group : groups) largest = std::max(largest, group.Count());
  const bool tie = std::count_if(groups.begin(), groups.end(),
                                 [&](const CpuSet& group) { return group.Count() == largest; }) > 1;
  CpuSet outside;
  for (const CpuSet& group : groups) {
    if (tie || group.Count() < largest) outside = outside.Union(group);
  }
  return outside;
}

void AddEvidence(const RegisterView& registers, const MsrDef& msr,
                 std::vector<Evidence>* evidence) {
  if (evidence->size() < kMaxEvidence) AddNew(EvidenceOf(registers, msr), evidence);
}

std::vector<Evidence>* Findings::Say(const CpuSet& cpus, Opinion opinion) {
  if (opinion.message.empty()) opinion.message = std::string(rule_.title) + ".";
  Said& said = Place(opinion.outcome, std::move(opinion.message), std::nullopt);
  said.cpus.Add(cpus);
  if (opinion.outcome == Outcome::kNotApplicable) return nullptr;
  // CPUs that pass differ in nothing that matters.
  if (opinion.outcome == Outcome::kPass && !said.finding.evidence.empty()) return nullptr;
  return &said.finding.evidence;
}

void Findings::Add(const CpuSet& cpus, Opinion opinion, const RegisterView& registers) {
  std::vector<Evidence>* const shown = Say(cpus, std::move(opinion));
  if (shown == nullptr) return;
  for (const MsrDef* const msr : rule_.msrs) AddEvidence(registers, *msr, shown);
}

void Findings::Add(const CpuSet& cpus, Opinion opinion, const std::vector<Evidence>& evidence) {
  std::vector<Evidence>* const shown = Say(cpus, std::move(opinion));
  if (shown == nullptr) return;
  for (const Evidence& reading : evidence) AddNew(reading, shown);
}

void Findings::AddUnread(const CpuSet& cpus, std::string message, AccessCode code,
                         const RegisterView& registers) {
  Said& said = Place(Outcome::kIndeterminate, std::move(message), code);
  said.cpus.Add(cpus);
  for (const MsrDef* const msr : rule_.msrs) AddEvidence(registers, *msr, &said.finding.evidence);
}

void Findings::AddUnread(const CpuSet& cpus, std::string message, AccessCode code,
                         const std::vector<Evidence>& evidence) {
  Said& said = Place(Outcome::kIndeterminate, std::move(message), code);
  said.cpus.Add(cpus);
  for (const Evidence& reading : evidence) AddNew(reading, &said.finding.evidence);
}

Findings::Said& Findings::Place(Outcome outcome, std::string message,
                                std::optional<AccessCode> unread) {
  const auto [place, is_new] = positions_.try_emplace({outcome, message}, said_.size());
  if (is_new) {
    Finding finding = MakeFinding(rule_, outcome, CpuSet(), std::move(message));
    if (unread) {
      finding.unread = unread;
      finding.remedy = Advise(*unread);
    } else if (outcome == Outcome::kFail || outcome == Outcome::kWarn) {
      finding.remedy = rule_.remedy;
    }
    said_.push_back({std::move(finding), {}});
  }
  return said_[place->second];
}

std::vector<Finding> Findings::Take() {
  std::vector<Finding> findings;
  for (Said& said : said_) {
    said.finding.cpus = said.cpus.Together();
    findings.push_back(std::move(said.finding));
  }
  if (findings.empty()) {
    findings.push_back(
        MakeFinding(rule_, Outcome::kIndeterminate, CpuSet(), "No online CPU is recorded."));
    findings.back().unread = AccessCode::kNotRecorded;
  }
  return findings;
}

}  // namespace vtprobe::rules
