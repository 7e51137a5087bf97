#include "sequence.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "vtprobe/hal/overlaps.h"

namespace vtprobe::rules {
namespace {

bool IsRecorded(const MsrReading& reading) {
  return reading || reading.error() != AccessCode::kNotRecorded;
}

// Which recording to hold one against; null: none. What a system locks or loads
// is gone at the next reset, so what firmware left is compared with what it
// left before.
const PlatformSnapshot* Predecessor(const std::vector<const PlatformSnapshot*>& recordings,
                                    std::size_t later) {
  for (std::size_t i = later; i-- > 0;) {
    if (!IsPreOs(recordings[later]->metadata()) || IsPreOs(recordings[i]->metadata())) {
      return recordings[i];
    }
  }
  return nullptr;
}

void JudgeStep(const MsrDef& msr, const Step& step,
               Opinion (*judge)(const MsrDef& msr, const MsrStep& step), Findings* findings) {
  const CpuSet online = step.before.online().Intersection(step.after.online());
  const auto before = step.before.ReadingsOf(msr.address, online);
  const auto after = step.after.ReadingsOf(msr.address, online);
  for (const auto& [was, is, cpus] : FindOverlaps(CpuGroups(before), CpuGroups(after))) {
    const MsrReading& old_reading = before[was].second;
    const MsrReading& new_reading = after[is].second;
    if (!IsRecorded(old_reading) && !IsRecorded(new_reading)) continue;
    const std::vector<Evidence> evidence = {Evidence{&msr, old_reading},
                                            Evidence{&msr, new_reading}};
    if (old_reading && new_reading) {
      findings->Add(cpus, judge(msr, {step, cpus, *old_reading, *new_reading}), evidence);
      continue;
    }
    const MsrReading& missing = new_reading ? old_reading : new_reading;
    findings->AddUnread(cpus,
                        fmt::format("{} is not known before and after recording {}: {}.", msr.name,
                                    step.number, Describe(missing.error())),
                        missing.error(), evidence);
  }
}

}  // namespace

std::vector<Finding> JudgeSteps(const Rule& rule, const RuleInput& input,
                                Opinion (*judge)(const MsrDef& msr, const MsrStep& step)) {
  if (input.earlier.empty()) {
    return {MakeFinding(rule, Outcome::kNotApplicable, input.snapshot.online(),
                        "There is one recording of this machine.")};
  }
  std::vector<const PlatformSnapshot*> recordings;
  for (const PlatformSnapshot& earlier : input.earlier) recordings.push_back(&earlier);
  recordings.push_back(&input.snapshot);
  Findings findings(rule);
  for (std::size_t i = 1; i < recordings.size(); ++i) {
    const PlatformSnapshot* const before = Predecessor(recordings, i);
    if (before == nullptr) continue;
    const Step step{*before, *recordings[i], i + 1};
    for (const MsrDef* const msr : rule.msrs) JudgeStep(*msr, step, judge, &findings);
  }
  if (findings.empty()) {
    Finding none = MakeFinding(rule, Outcome::kIndeterminate, input.snapshot.online(),
                               "The recordings hold none of the registers.");
    none.unread = AccessCode::kNotRecorded;
    return {none};
  }
  return findings.Take();
}

}  // namespace vtprobe::rules
