#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "machine_items.h"
#include "proof_finding.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/proof/recorded_proof.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/report/report.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

// A CPU that the table does not know is said to be one, with what there is to
// look it up by.
std::string CodenameOf(Vendor vendor, const CpuSignature& signature) {
  if (const auto codename = FindCodename(vendor, signature)) return std::string(*codename);
  return fmt::format("unknown (family {} model {:#x})", signature.family, signature.model);
}

// "0x22, 0x24"
std::vector<std::string> SplitRevisions(std::string_view text) {
  constexpr std::string_view kSeparators = ", ";
  std::vector<std::string> revisions;
  while (true) {
    const std::size_t start = text.find_first_not_of(kSeparators);
    if (start == std::string_view::npos) return revisions;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    revisions.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

void TakeFromMetadata(const Metadata& metadata, Subject* subject) {
  using Target = std::optional<std::string> Subject::*;
  static constexpr std::array<std::pair<std::string_view, Target>, 8> kOwnKeys = {{
      {meta::kStage, &Subject::stage},
      {meta::kSource, &Subject::source},
      {meta::kKernel, &Subject::kernel},
      {meta::kHypervisor, &Subject::hypervisor},
      {meta::kFirmwareVendor, &Subject::firmware_vendor},
      {meta::kFirmwareVersion, &Subject::firmware_version},
      {meta::kFirmwareDate, &Subject::firmware_date},
      {meta::kBoard, &Subject::board},
  }};
  for (const auto& [key, value] : metadata.entries()) {
    const auto own = std::find_if(kOwnKeys.begin(), kOwnKeys.end(),
                                  [&, &name = key](const auto& row) { return row.first == name; });
    if (own != kOwnKeys.end()) {
      subject->*own->second = value;
    } else if (key == meta::kProvenance) {
      subject->provenance = value;
    } else if (key == meta::kMicrocode) {
      subject->microcode = SplitRevisions(value);
    } else if (key != meta::kProof && !registers::Identifies(key)) {
      subject->other.emplace_back(key, value);
    }
  }
}

Subject SubjectOf(const PlatformSnapshot& snapshot, std::optional<std::string> file) {
  Subject subject = IdentifySubject(snapshot);
  // A dump is a recording unless it says otherwise.
  subject.provenance = "recorded";
  subject.source = file;
  subject.file = std::move(file);
  TakeFromMetadata(snapshot.metadata(), &subject);
  subject.cpus_online = snapshot.online();
  subject.cpus_offline = snapshot.offline();
  subject.topology = DescribeTopology(snapshot);
  return subject;
}

// A recording from before the system is of the boot that the next one saw; null
// if there is none.
const PlatformSnapshot* BeforeSystem(const PlatformSnapshot& snapshot,
                                     std::span<const PlatformSnapshot> earlier) {
  if (earlier.empty() || !IsPreOs(earlier.back().metadata()) || IsPreOs(snapshot.metadata())) {
    return nullptr;
  }
  return &earlier.back();
}

// Which CPU it is, and whose guest.
Selection IdentifyingRegisters() {
  Selection selection;
  selection.Add(CpuidLeaf{0x0});
  selection.Add(CpuidLeaf{0x1}, MaskOf(CpuidRegister::kEax));
  selection.Add(CpuidLeaf{0x1}, MaskOf(CpuidRegister::kEcx));
  for (const std::uint32_t leaf :
       {0x4000'0000u, 0x8000'0000u, 0x8000'0002u, 0x8000'0003u, 0x8000'0004u}) {
    selection.Add(CpuidLeaf{leaf});
  }
  return selection;
}

// Without a profile the verdict decides, and its findings say so.
void CountVerdict(const VirtualizationVerdict& verdict, std::vector<Finding>* findings) {
  for (Finding& finding : *findings) {
    finding.counted =
        finding.rule == "virtualization.usable" ||
        (finding.rule == "virtualization.uniform" && verdict.state == State::kInconsistent);
  }
}

// Whoever gives several recordings asks what became of the machine in between:
// what was lost counts, whatever else does. Whether anything was.
bool CountLosses(std::vector<Finding>* findings) {
  bool lost = false;
  for (Finding& finding : *findings) {
    if (!finding.rule.starts_with("sequence.") || finding.outcome != Outcome::kFail) continue;
    finding.counted = true;
    lost = true;
  }
  return lost;
}

}  // namespace

// A hypervisor's or a hybrid's CPUs are of one make, and one that could not be
// read must not hide it. APIC ids stay out of the selection: they would make
// each CPU a row.
Subject IdentifySubject(const PlatformSnapshot& snapshot) {
  static const Selection kSelection = IdentifyingRegisters();
  Subject subject;
  for (const SnapshotRow& row : snapshot.Rows(kSelection)) {
    const Identity identity = Identify(row);
    if (!subject.vendor && identity.vendor_string) subject.vendor = *identity.vendor_string;
    if (!subject.model) subject.model = identity.brand;
    if (!subject.family && identity.signature) {
      subject.family = identity.signature->family;
      subject.model_number = identity.signature->model;
      subject.stepping = identity.signature->stepping;
      if (identity.vendor) {
        subject.codename = CodenameOf(*identity.vendor, *identity.signature);
      }
    }
    if (!subject.hypervisor) subject.hypervisor = HypervisorName(row);
  }
  return subject;
}

Report MakeReport(const PlatformSnapshot& snapshot, std::string_view tool_version,
                  std::optional<std::string> file, const Profile* profile,
                  std::span<const PlatformSnapshot> earlier) {
  Report report;
  report.tool_version = tool_version;
  report.subject = SubjectOf(snapshot, std::move(file));
  report.virtualization = JudgeVirtualization(snapshot, BeforeSystem(snapshot, earlier));
  report.proof = RecordedProof(snapshot);
  report.headline = Headline(report.virtualization);
  // An answer that names CPUs must not name ones that nobody numbered.
  if (const auto doubt = NumberingDoubt(report.subject);
      doubt && report.virtualization.groups.size() > 1) {
    report.headline += fmt::format(" ({})", *doubt);
  }
  report.explanation = Explanation(report.virtualization);
  report.remedy = Remedy(report.virtualization);
  report.findings = JudgeRules({snapshot, report.virtualization, profile, earlier});
  if (profile != nullptr) {
    report.profile = {profile->name, profile->title};
    report.exit_code = ExitCode(*profile, report.findings);
  } else {
    CountVerdict(report.virtualization, &report.findings);
    report.exit_code = ExitCode(report.virtualization);
  }
  if (report.proof) {
    const SeenGuests& guests = *report.virtualization.guests;
    report.findings.push_back(ProofFinding(*report.proof, guests));
    if (guests.IsFailure()) report.exit_code = 1;
  }
  for (const Finding& finding : report.findings) {
    ++report.summary.at(static_cast<std::size_t>(finding.outcome));
  }
  if (report.exit_code <= 1 && CountLosses(&report.findings)) report.exit_code = 1;
  return report;
}

void AddRegisters(const PlatformSnapshot& snapshot, Report* report) {
  report->places = PlacesOf(snapshot);
  report->registers = ReportedRegisters(snapshot, report->virtualization, report->findings);
}

void AddEarlier(std::span<const PlatformSnapshot> earlier, std::span<const std::string> files,
                const Profile* profile, Report* report) {
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    Report& one = report->earlier.emplace_back(
        MakeReport(earlier[i], report->tool_version, files[i], profile, earlier.first(i)));
    one.places = PlacesOf(earlier[i]);
    one.registers = ReportedRegisters(earlier[i], report->registers);
  }
}

}  // namespace vtprobe
