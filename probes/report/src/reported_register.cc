#include "vtprobe/report/reported_register.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace vtprobe {
namespace {

struct Asked {
  RegisterDefinition definition;
  std::uint64_t may_differ = 0;
};

// Bits that the rule does not compare between CPUs.
std::uint64_t LeftOutBits(std::string_view rule_id, const RegisterDefinition& definition) {
  const Rule* const rule = FindRule(rule_id);
  std::uint64_t mask = 0;
  if (rule == nullptr) return mask;
  for (const LeftOut& left_out : rule->left_out) {
    if (RegisterDefinition(left_out.msr) == definition) mask |= left_out.mask;
  }
  return mask;
}

std::vector<Asked> AskedOf(const VirtualizationVerdict& verdict,
                           const std::vector<Finding>& findings) {
  std::vector<Asked> asked;
  const auto add = [&](const Evidence& evidence, std::string_view rule) {
    const std::uint64_t may_differ = LeftOutBits(rule, evidence.definition);
    const auto same = std::find_if(asked.begin(), asked.end(), [&](const Asked& one) {
      return one.definition == evidence.definition;
    });
    if (same == asked.end()) {
      asked.push_back({evidence.definition, may_differ});
    } else {
      same->may_differ |= may_differ;
    }
  };
  for (const VirtualizationGroup& group : verdict.groups) {
    for (const Evidence& evidence : group.evidence) add(evidence, {});
  }
  for (const Finding& finding : findings) {
    for (const Evidence& evidence : finding.evidence) add(evidence, finding.rule);
  }
  return asked;
}

ReportedRegister Read(const Asked& asked, const PlatformSnapshot& recording) {
  const auto* const msr = std::get_if<const MsrDef*>(&asked.definition);
  ReportedRegister reported{
      msr != nullptr
          ? ReadingsOf(recording, (*msr)->address, std::nullopt)
          : ReadingsOf(recording, *std::get<const CpuidDef*>(asked.definition), std::nullopt)};
  auto& groups = reported.readings.groups;
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.cpus.Count() > b.cpus.Count(); });
  for (const Readings::Group& group : groups) {
    const RegisterReading& most = groups.front().value;
    const std::uint64_t known = group.value.known() & most.known() & ~asked.may_differ;
    reported.differing |= (group.value.known_bits() ^ most.known_bits()) & known;
    reported.differs = reported.differs || group.value.known() != most.known();
  }
  reported.differs = reported.differs || reported.differing != 0;
  reported.may_differ = asked.may_differ;
  return reported;
}

}  // namespace

std::vector<ReportedRegister> ReportedRegisters(const PlatformSnapshot& recording,
                                                const VirtualizationVerdict& verdict,
                                                const std::vector<Finding>& findings) {
  std::vector<ReportedRegister> reported;
  for (const Asked& asked : AskedOf(verdict, findings)) {
    reported.push_back(Read(asked, recording));
  }
  return reported;
}

std::vector<ReportedRegister> ReportedRegisters(const PlatformSnapshot& recording,
                                                const std::vector<ReportedRegister>& of_another) {
  std::vector<ReportedRegister> reported;
  reported.reserve(of_another.size());
  for (const ReportedRegister& other : of_another) {
    reported.push_back(Read({other.readings.info.definition, other.may_differ}, recording));
  }
  return reported;
}

}  // namespace vtprobe
