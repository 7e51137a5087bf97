// Everything that one run says, before it is put into words or JSON. Formats
// render a Report and compute nothing.

#ifndef VTPROBE_REPORT_REPORT_H_
#define VTPROBE_REPORT_REPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/topology.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/proof/proof.h"
#include "vtprobe/report/reported_register.h"

namespace vtprobe {

// The machine or recording that a report is about. Absent: not known.
struct Subject {
  std::string provenance;            // live, recorded, synthetic
  std::optional<std::string> stage;  // pre-os, os, guest
  // The recording's name, as it was given. By it people find it again, and it is
  // another for each of many; `source` is what the recording says of itself, and
  // the name where it says nothing.
  std::optional<std::string> file;
  std::optional<std::string> source;
  std::optional<std::string> vendor;
  std::optional<std::string> model;  // the brand string
  std::optional<std::string> codename;
  // What another identification calls it, where that does not corroborate it.
  std::optional<std::string> codename_doubt;
  std::optional<std::uint32_t> family;
  std::optional<std::uint32_t> model_number;
  std::optional<std::uint32_t> stepping;
  std::vector<std::string> microcode;  // each distinct revision, "0x22"
  std::optional<std::string> kernel;
  std::optional<std::string> firmware_vendor;
  std::optional<std::string> firmware_version;
  std::optional<std::string> firmware_date;
  std::optional<std::string> board;
  std::optional<std::string> hypervisor;
  CpuSet cpus_online;
  CpuSet cpus_offline;
  Topology topology;
  // Keys of the recording that none of the above holds, in its order.
  std::vector<Metadata::Entry> other;
};

// The profile that a report's findings were counted by.
struct ChosenProfile {
  std::string name;
  std::string title;
};

struct Report {
  std::string tool_version;
  Subject subject;
  std::optional<ChosenProfile> profile;  // none: the verdict decides the exit status
  VirtualizationVerdict virtualization;
  // Guests that were run, against which the verdict was held.
  std::optional<Proof> proof;
  // The verdict in words, as wording.h says them.
  std::string headline;
  std::string explanation;
  std::string remedy;
  // How several recordings of the machine were brought together, a sentence each, which
  // whoever loads them knows.
  std::vector<std::string> notes;
  std::vector<Finding> findings;
  std::array<std::size_t, 6> summary{};  // findings by Outcome
  int exit_code = 2;
  // By AddRegisters(), for formats that show them (ReportFormat::shows_registers), and
  // empty for the others: many reports are kept at a time.
  CoresOfPackages places;  // of the online CPUs; empty where they are not known, too
  std::vector<ReportedRegister> registers;
  // By AddEarlier(), for the same formats: what was said of the machine before, the
  // earliest first, with the registers that this report has.
  std::vector<Report> earlier;
  // What was judged, for formats that show it (ReportFormat::shows_recording).
  std::shared_ptr<const PlatformSnapshot> recording;
};

// What the CPUs tell of a report's subject: vendor, model, codename, family,
// model number, stepping and hypervisor, each as the first CPU that tells it has
// it.
Subject IdentifySubject(const PlatformSnapshot& snapshot);

// "family 0x6 model 0x5e stepping 0x3"; nothing if that is not known.
std::optional<std::string> SignatureText(const Subject& subject);

// Judges a snapshot. `file` names where it comes from, for people: a path, or
// nothing for a live run. A profile decides the exit status. With earlier
// recordings of the machine, a lock or a microcode revision that was lost between
// them makes an exit status of 0 a 1. A proof that the snapshot carries is a finding more:
// guests that fail make the exit status 1.
Report MakeReport(const PlatformSnapshot& snapshot, std::string_view tool_version,
                  std::optional<std::string> file, const Profile* profile = nullptr,
                  std::span<const PlatformSnapshot> earlier = {});

// The report's places and registers, from what it was made of.
void AddRegisters(const PlatformSnapshot& snapshot, Report* report);

// The report's earlier ones, of each of these recordings as MakeReport() makes it with
// those before it. `files` are their names. Requires AddRegisters().
void AddEarlier(std::span<const PlatformSnapshot> earlier, std::span<const std::string> files,
                const Profile* profile, Report* report);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_REPORT_H_
