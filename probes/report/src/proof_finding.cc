#include "proof_finding.h"

#include <fmt/format.h>

#include <array>

#include "register_text.h"
#include "vtprobe/hal/cpu_gathering.h"

namespace vtprobe {
namespace {

std::string_view WordFor(GuestOutcome outcome) {
  return outcome == GuestOutcome::kNotAsked ? std::string_view("not asked") : Name(outcome);
}

std::string ClauseOf(const ProofGroup& group, const GuestProvider& provider) {
  if (group.run.outcome == GuestOutcome::kRan) {
    std::string ran = fmt::format("guests ran on {} by {}", CpusText(group.cpus), provider.name);
    switch (provider.needs) {
      case GuestProvider::Needs::kVmx:
      case GuestProvider::Needs::kSvm:
        return ran;
      case GuestProvider::Needs::kNothing:
        return ran + ", which proves nothing of hardware virtualization";
      case GuestProvider::Needs::kUnknown:
        return ran + ", which proves nothing: it is not known which KVM that is";
    }
  }
  std::string text =
      fmt::format("{}: {}: {}", CpusText(group.cpus), WordFor(group.run.outcome), group.run.reason);
  if (group.not_well != group.runs) {
    text += fmt::format(" ({} of {} runs)", group.not_well, group.runs);
  }
  return text;
}

std::string Clauses(const Proof& proof) {
  return fmt::format("{}", fmt::join(ProofClauses(proof), "; "));
}

}  // namespace

std::vector<std::string> ProofClauses(const Proof& proof) {
  std::vector<std::string> clauses;
  for (const ProofGroup& group : proof.groups) {
    clauses.push_back(ClauseOf(group, proof.provider));
  }
  return clauses;
}

std::string ProofSummary(const Proof& proof) {
  constexpr std::array kOutcomes = {GuestOutcome::kRan, GuestOutcome::kRefused,
                                    GuestOutcome::kWrong, GuestOutcome::kNotAsked};
  std::vector<std::string> clauses;
  for (const GuestOutcome outcome : kOutcomes) {
    CpuGathering cpus;
    for (const ProofGroup& group : proof.groups) {
      if (group.run.outcome == outcome) cpus.Add(group.cpus);
    }
    if (cpus.empty()) continue;
    clauses.push_back(fmt::format("{} on {}", WordFor(outcome), CpusText(cpus.Together())));
  }
  return fmt::format("{}: {}", proof.provider.name, fmt::join(clauses, ", "));
}

std::string Contradiction(const SeenGuests& guests) {
  if (guests.contradicted.empty()) return {};
  return fmt::format(
      "guests ran on {} by {}, and the registers there do not allow it: what was read, or what is "
      "known of this KVM, is wrong",
      CpusText(guests.contradicted), guests.provider);
}

Finding ProofFinding(const Proof& proof, const SeenGuests& guests) {
  Finding finding;
  finding.rule = ProofRule().id;
  finding.severity = ProofRule().severity;
  finding.spec = ProofRule().spec;
  finding.message = Clauses(proof) + '.';
  CpuGathering cpus;
  for (const ProofGroup& group : proof.groups) cpus.Add(group.cpus);
  finding.cpus = cpus.Together();
  if (guests.IsFailure()) {
    finding.outcome = Outcome::kFail;
    finding.counted = true;
    finding.cpus = guests.wrong;
    if (guests.needs != SeenGuests::Needs::kNothing) {
      finding.cpus = finding.cpus.Union(guests.refused);
    }
  } else if (!guests.contradicted.empty()) {
    finding.outcome = Outcome::kFail;
    finding.cpus = guests.contradicted;
    finding.message = Contradiction(guests) + '.';
  } else {
    finding.outcome =
        Conclude(proof) == Conclusion::kProven ? Outcome::kPass : Outcome::kIndeterminate;
  }
  return finding;
}

}  // namespace vtprobe
