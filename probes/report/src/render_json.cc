// The report for programs. Every key is always there, null where nothing is
// known, in the order of their description in README; but a proof is, where one was
// asked for.

#include <fmt/format.h>

#include <array>

#include "json_text.h"
#include "proof_json.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {
namespace {

// Packages, of each its cores, of each its CPUs.
OrderedJson PlacesJson(const CoresOfPackages& places) {
  OrderedJson json = OrderedJson::array();
  for (const std::vector<CpuSet>& cores : places) {
    OrderedJson package = OrderedJson::array();
    for (const CpuSet& core : cores) package.push_back(core.ToString());
    json.push_back(std::move(package));
  }
  return json;
}

OrderedJson TopologyJson(const Subject& subject, const CoresOfPackages& places) {
  OrderedJson json;
  json["packages"] = OrNull(subject.topology.packages);
  json["cores"] = OrNull(subject.topology.cores);
  json["threads"] = subject.cpus_online.Count();
  json["core_types"] = OrderedJson::array();
  for (const CoreTypeGroup& group : subject.topology.core_types) {
    json["core_types"].push_back({{"type", group.type}, {"cpus", group.cpus.ToString()}});
  }
  json["places"] = PlacesJson(places);
  return json;
}

OrderedJson SubjectJson(const Report& report) {
  const Subject& subject = report.subject;
  OrderedJson json;
  json["provenance"] = subject.provenance;
  json["stage"] = OrNull(subject.stage);
  json["file"] = OrNull(subject.file);
  json["source"] = OrNull(subject.source);
  json["vendor"] = OrNull(subject.vendor);
  json["model"] = OrNull(subject.model);
  json["codename"] = OrNull(subject.codename);
  json["codename_doubt"] = OrNull(subject.codename_doubt);
  json["family"] = OrNull(subject.family);
  json["model_number"] = OrNull(subject.model_number);
  json["stepping"] = OrNull(subject.stepping);
  json["microcode"] = subject.microcode;
  json["kernel"] = OrNull(subject.kernel);
  json["firmware"]["vendor"] = OrNull(subject.firmware_vendor);
  json["firmware"]["version"] = OrNull(subject.firmware_version);
  json["firmware"]["date"] = OrNull(subject.firmware_date);
  json["board"] = OrNull(subject.board);
  json["hypervisor"] = OrNull(subject.hypervisor);
  json["cpus_online"] = subject.cpus_online.ToString();
  json["cpus_offline"] = subject.cpus_offline.ToString();
  json["topology"] = TopologyJson(subject, report.places);
  json["other"] = OrderedJson::object();
  for (const auto& [key, value] : subject.other) json["other"][key] = value;
  return json;
}

OrderedJson EvidenceJson(const std::vector<Evidence>& evidence) {
  OrderedJson json = OrderedJson::array();
  for (const Evidence& reading : evidence) {
    OrderedJson entry;
    entry["register"] = reading.register_name();
    entry["address"] = reading.address();
    AddValue(reading.value, &entry);
    json.push_back(std::move(entry));
  }
  return json;
}

OrderedJson GroupJson(const VirtualizationGroup& group) {
  OrderedJson json;
  json["cpus"] = group.cpus.ToString();
  json["state"] = Name(group.state);
  json["usable"] = Name(group.usable);
  json["attribution"] = Name(group.attribution);
  json["evidence"] = EvidenceJson(group.evidence);
  return json;
}

OrderedJson VirtualizationJson(const Report& report) {
  const VirtualizationVerdict& verdict = report.virtualization;
  OrderedJson json;
  json["technology"] = Name(verdict.technology);
  json["state"] = Name(verdict.state);
  json["usable"] = Name(verdict.usable);
  json["attribution"] = Name(verdict.attribution);
  json["groups"] = OrderedJson::array();
  for (const auto& group : verdict.groups) json["groups"].push_back(GroupJson(group));
  json["headline"] = report.headline;
  json["explanation"] = report.explanation;
  json["remedy"] = report.remedy;
  return json;
}

// As it was held against the registers.
OrderedJson HeldProofJson(const Proof& proof, const SeenGuests& guests) {
  OrderedJson json = ProofJson(proof);
  json["conclusion"] = Name(Conclude(proof));
  json["contradicted"] = guests.contradicted.ToString();
  return json;
}

OrderedJson FindingJson(const Finding& finding) {
  OrderedJson json;
  json["rule"] = finding.rule;
  json["outcome"] = Name(finding.outcome);
  json["severity"] = Name(finding.severity);
  json["cpus"] = finding.cpus.ToString();
  json["message"] = finding.message;
  json["evidence"] = EvidenceJson(finding.evidence);
  json["spec"] = finding.spec;
  json["remedy"] = finding.remedy;
  json["counted"] = finding.counted;
  return json;
}

OrderedJson RegisterJson(const ReportedRegister& reg) {
  OrderedJson json;
  json["register"] = reg.readings.info.name;
  json["address"] = reg.readings.info.address;
  json["differs"] = reg.differs;
  json["differing"] = fmt::format("{:#x}", reg.differing);
  json["groups"] = GroupsJson(reg.readings);
  return json;
}

OrderedJson SummaryJson(const Report& report) {
  OrderedJson json;
  for (std::size_t outcome = 0; outcome < report.summary.size(); ++outcome) {
    json[std::string(Name(static_cast<Outcome>(outcome)))] = report.summary[outcome];
  }
  return json;
}

// Without the earlier ones, which have none of their own.
OrderedJson OneReportJson(const Report& report) {
  OrderedJson document;
  document["schema"] = "vtprobe-report/1";
  document["tool"] = ToolJson(report.tool_version);
  document["subject"] = SubjectJson(report);
  document["virtualization"] = VirtualizationJson(report);
  if (report.proof) {
    document["proof"] = HeldProofJson(*report.proof, *report.virtualization.guests);
  }
  document["profile"] = report.profile ? OrderedJson(report.profile->name) : OrderedJson();
  document["findings"] = OrderedJson::array();
  for (const Finding& finding : report.findings) {
    document["findings"].push_back(FindingJson(finding));
  }
  document["registers"] = OrderedJson::array();
  for (const ReportedRegister& reg : report.registers) {
    document["registers"].push_back(RegisterJson(reg));
  }
  document["earlier"] = OrderedJson::array();
  if (!report.notes.empty()) document["notes"] = report.notes;
  document["summary"] = SummaryJson(report);
  document["exit_code"] = report.exit_code;
  return document;
}

OrderedJson ReportJson(const Report& report) {
  OrderedJson document = OneReportJson(report);
  for (const Report& earlier : report.earlier) {
    document["earlier"].push_back(OneReportJson(earlier));
  }
  return document;
}

OrderedJson UnreadJson(const UnreadRecording& unread, std::string_view tool_version) {
  OrderedJson document;
  document["schema"] = "vtprobe-unread/1";
  document["tool"] = ToolJson(tool_version);
  document["subject"]["file"] = unread.file;
  document["error"] = unread.why;
  document["exit_code"] = unread.exit_code;
  return document;
}

}  // namespace

std::string RenderJson(const Report& report, const RenderOptions&) {
  return JsonText(ReportJson(report));
}

// An array, in which each machine has the object that it would have alone.
std::string RenderJsonSet(const ReportSet& set, const RenderOptions&) {
  OrderedJson document = OrderedJson::array();
  for (const auto& machine : set.machines) {
    const auto* const unread = std::get_if<UnreadRecording>(&machine);
    document.push_back(unread != nullptr ? UnreadJson(*unread, set.tool_version)
                                         : ReportJson(std::get<Report>(machine)));
  }
  return JsonText(document);
}

}  // namespace vtprobe
