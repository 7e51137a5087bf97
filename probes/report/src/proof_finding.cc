#include "proof_finding.h"

#include <fmt/format.h>

#include "register_text.h"

namespace vtprobe {
namespace {

SeenGuests::Needs NeedsOf(const GuestProvider& provider) {
  switch (provider.needs) {
    case GuestProvider::Needs::kVmx:
      return SeenGuests::Needs::kVmx;
    case GuestProvider::Needs::kSvm:
      return SeenGuests::Needs::kSvm;
    case GuestProvider::Needs::kNothing:
    case GuestProvider::Needs::kUnknown:
      return SeenGuests::Needs::kNothing;
  }
  return SeenGuests::Needs::kNothing;
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
  const std::string_view what = group.run.outcome == GuestOutcome::kNotAsked
                                    ? std::string_view("not asked")
                                    : Name(group.run.outcome);
  std::string text = fmt::format("{}: {}: {}", CpusText(group.cpus), what, group.run.reason);
  if (group.not_well != group.runs) {
    text += fmt::format(" ({} of {} runs)", group.not_well, group.runs);
  }
  return text;
}

std::string Clauses(const Proof& proof) {
  return fmt::format("{}", fmt::join(ProofClauses(proof), "; "));
}

}  // namespace

SeenGuests SeenBy(const Proof& proof) {
  SeenGuests guests{.provider = proof.provider.name,
                    .needs = NeedsOf(proof.provider),
                    .ran = {},
                    .refused = {},
                    .wrong = {}};
  for (const ProofGroup& group : proof.groups) {
    switch (group.run.outcome) {
      case GuestOutcome::kRan:
        guests.ran = guests.ran.Union(group.cpus);
        break;
      case GuestOutcome::kRefused:
        if (!group.run.is_busy) guests.refused = guests.refused.Union(group.cpus);
        break;
      case GuestOutcome::kWrong:
        guests.wrong = guests.wrong.Union(group.cpus);
        break;
      case GuestOutcome::kNotAsked:
        break;
    }
  }
  return guests;
}

std::vector<std::string> ProofClauses(const Proof& proof) {
  std::vector<std::string> clauses;
  for (const ProofGroup& group : proof.groups) {
    clauses.push_back(ClauseOf(group, proof.provider));
  }
  return clauses;
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
  finding.rule = "virtualization.proven";
  finding.severity = Severity::kCritical;
  finding.spec = "[linux] Documentation/virt/kvm/api.rst";
  finding.message = Clauses(proof) + '.';
  for (const ProofGroup& group : proof.groups) finding.cpus = finding.cpus.Union(group.cpus);
  if (guests.IsFailure()) {
    finding.outcome = Outcome::kFail;
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
