#include "findings.h"

#include <algorithm>
#include <utility>

namespace vtprobe::rules {
namespace {

// The CPU list is whole, and the recording holds the rest.
constexpr std::size_t kMaxEvidence = 16;

void AddNew(const Evidence& reading, std::vector<Evidence>* evidence) {
  if (evidence->size() >= kMaxEvidence) return;
  if (std::find(evidence->begin(), evidence->end(), reading) == evidence->end()) {
    evidence->push_back(reading);
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

void LargestGroup::Add(std::size_t cpus) {
  if (cpus > most_) {
    most_ = cpus;
    place_ = count_;
  } else if (cpus == most_) {
    place_.reset();
  }
  ++count_;
}

CpuSet OutsideLargest(const std::vector<CpuSet>& groups) {
  LargestGroup largest;
  for (const CpuSet& group : groups) largest.Add(group.Count());
  CpuGathering outside;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i != largest.place()) outside.Add(groups[i]);
  }
  return outside.Together();
}

void AddEvidence(const RegisterView& registers, const MsrDef& msr,
                 std::vector<Evidence>* evidence) {
  if (evidence->size() < kMaxEvidence) AddNew(EvidenceOf(registers, msr), evidence);
}

bool Findings::Said::ShowsMore() const {
  if (finding_.outcome == Outcome::kNotApplicable) return false;
  // CPUs that pass differ in nothing that matters.
  return finding_.outcome != Outcome::kPass || finding_.evidence.empty();
}

Findings::Said& Findings::Say(const CpuSet& cpus, const Opinion& opinion) {
  Said& said = Place({opinion.outcome, opinion.message, opinion.remedy, opinion.follows});
  said.cpus_.Add(cpus);
  return said;
}

Findings::Said* Findings::Add(const CpuSet& cpus, const Opinion& opinion,
                              const RegisterView& registers) {
  Said& said = Say(cpus, opinion);
  if (said.ShowsMore()) Show(registers, &said);
  return &said;
}

void Findings::Add(const CpuSet& cpus, const Opinion& opinion,
                   const std::vector<Evidence>& evidence) {
  Said& said = Say(cpus, opinion);
  if (!said.ShowsMore()) return;
  for (const Evidence& reading : evidence) AddNew(reading, &said.finding_.evidence);
}

Findings::Said* Findings::AddUnread(const CpuSet& cpus, std::string_view message, AccessCode code,
                                    const RegisterView& registers) {
  Said& said = Place({Outcome::kIndeterminate, message}, code);
  said.cpus_.Add(cpus);
  Show(registers, &said);
  return &said;
}

void Findings::AddMore(Said* said, const CpuSet& cpus, const RegisterView& registers) {
  said->cpus_.Add(cpus);
  if (said->ShowsMore()) Show(registers, said);
}

void Findings::Show(const RegisterView& registers, Said* said) const {
  std::vector<Evidence>& shown = said->finding_.evidence;
  if (shown.size() >= kMaxEvidence) return;
  for (const MsrDef* const msr : rule_.msrs) AddEvidence(registers, *msr, &shown);
}

void Findings::AddUnread(const CpuSet& cpus, std::string_view message, AccessCode code,
                         const std::vector<Evidence>& evidence) {
  Said& said = Place({Outcome::kIndeterminate, message}, code);
  said.cpus_.Add(cpus);
  for (const Evidence& reading : evidence) AddNew(reading, &said.finding_.evidence);
}

Findings::Said* Findings::AddExempt(const CpuSet& cpus, std::string_view message) {
  Said& said = Place({Outcome::kNotApplicable, message});
  said.cpus_.Add(cpus);
  return &said;
}

Findings::Said& Findings::Place(const Key& key, std::optional<AccessCode> unread) {
  if (last_ != nullptr && last_->key_ == key) return *last_;
  if (said_.size() == 1) places_.emplace(said_.front().key_, &said_.front());
  const auto found = places_.lower_bound(key);
  if (found != places_.end() && found->first == key) return *(last_ = found->second);
  Said& said =
      said_.emplace_back(MakeFinding(rule_, key.outcome, CpuSet(), std::string(key.message)), key);
  last_ = &said;
  Finding& finding = said.finding_;
  finding.follows = key.follows;
  if (unread) {
    finding.unread = unread;
    finding.remedy = Advise(*unread);
  } else if (!key.remedy.empty()) {
    finding.remedy = key.remedy;
  } else if (key.outcome == Outcome::kFail || key.outcome == Outcome::kWarn) {
    finding.remedy = rule_.remedy;
  }
  said.key_.message = finding.message;
  if (!key.remedy.empty()) said.key_.remedy = finding.remedy;
  if (said_.size() > 1) places_.emplace_hint(found, said.key_, last_);
  return said;
}

std::optional<AccessCode> Findings::FirstUnread() const {
  for (const Said& said : said_) {
    if (said.finding_.unread) return said.finding_.unread;
  }
  return std::nullopt;
}

std::vector<Finding> Findings::Take() {
  std::vector<Finding> findings;
  findings.reserve(said_.size());
  for (Said& said : said_) {
    said.finding_.cpus = said.cpus_.Together();
    // Those that pass and have nothing of their own to say.
    if (said.finding_.message.empty()) said.finding_.message = std::string(rule_.title) + ".";
    findings.push_back(std::move(said.finding_));
  }
  if (findings.empty()) {
    findings.push_back(
        MakeFinding(rule_, Outcome::kIndeterminate, CpuSet(), "No online CPU is recorded."));
    findings.back().unread = AccessCode::kNotRecorded;
  }
  return findings;
}

std::vector<Finding> Joined(std::vector<Finding> compared, Findings* others) {
  if (!compared.empty() && others->empty()) return compared;
  for (Finding& finding : others->Take()) compared.push_back(std::move(finding));
  return compared;
}

}  // namespace vtprobe::rules
