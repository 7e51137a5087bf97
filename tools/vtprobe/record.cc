// vtprobe record: this machine as a dump that says the same elsewhere and
// later. What could not be read is part of it.

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <map>

#include "command.h"
#include "dump_output.h"
#include "live_machine.h"
#include "output.h"
#include "progress.h"
#include "subject.h"
#include "utc_time.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/proof/recorded_proof.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  DeclareCapture(options, arguments);
  DeclareWatch(options, arguments);
  DeclareRecording(options, arguments);
  options->AddFlag("--all", &arguments->all, "Also read registers that CPUID says are not there");
  options->AddFlag(
      "--keep-identifiers", &arguments->keep_identifiers,
      "Also record what tells this machine from its twins: PPIN, serial number, host name");
  options->AddFlag("--prove", &arguments->proves,
                   "Run a guest on every CPU as well, and record what it shows: needs /dev/kvm");
  options->AddFlag("-q,--quiet", &arguments->quiet, "No word about what could not be read");
  options->Footer(
      "An output file whose name ends with .vtpb is written in binary.\n"
      "Exit status:\n"
      "  0  recorded\n"
      "  2  recorded, but for the switch of some CPU, which could not be read, and of which\n"
      "     no guest decides: the recording will not say whether virtualization is usable\n"
      "  64 usage, 74 output failed");
}

// A free key: it is written only for those who ask for it.
constexpr std::string_view kHostName = "host.name";

std::string HostName() {
  utsname system{};
  return ::uname(&system) == 0 ? system.nodename : "";
}

// Provenance first, then who and when, then what the host says of itself.
Metadata AsRecording(const Metadata& live, std::string_view version) {
  Metadata metadata;
  metadata.Set(meta::kProvenance, "recorded");
  metadata.Set(meta::kTool, fmt::format("vtprobe {}", version));
  metadata.Set(meta::kTime, UtcNow());
  for (const auto& [key, value] : live.entries()) {
    if (key != meta::kProvenance) metadata.Set(key, value);
  }
  return metadata;
}

// One line for each reason for which MSRs are missing. The recording is whole
// without them, but says less.
std::string WhatIsMissing(const PlatformSnapshot& snapshot) {
  std::map<AccessCode, CpuGathering> failed;
  for (const MsrAddress address : snapshot.Everything().msrs) {
    for (const auto& [cpus, reading] : snapshot.Values(address)) {
      if (reading || reading.error() == AccessCode::kGeneralProtection) continue;
      failed[reading.error()].Add(cpus);
    }
  }
  std::string text;
  for (const auto& [code, cpus] : failed) {
    text += fmt::format("vtprobe: MSRs of CPUs {} are recorded as not read: {}; {}.\n",
                        cpus.Together().ToString(), Describe(code), Advise(code));
  }
  return text;
}

constexpr int kUndetermined = 2;

// The register that a check is about has no reading on some CPU, and no guest that ran or
// was refused there stands in for it.
bool IsLeftOpen(const PlatformSnapshot& snapshot) {
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  return std::any_of(verdict.groups.begin(), verdict.groups.end(),
                     [](const VirtualizationGroup& group) {
                       return group.unread.has_value() && group.usable == Usable::kUnknown;
                     });
}

OrFailure<Reads> WhatIsRead(const Arguments& arguments) {
  return Reads{.paths = {}, .machine = true, .proves = arguments.proves};
}

OrFailure<int> Run(const Arguments& arguments, const Process& process) {
  const auto proof = ProveIfAsked(arguments);
  if (!proof) return tl::unexpected(proof.error());
  Progress progress("CPUs read");
  auto subject = LoadSubject(arguments, process, [&] {
    return CapturePlan{.registers = RecordedRegisters(arguments.keep_identifiers),
                       .all_cpuid = true,
                       .identifiers = arguments.keep_identifiers,
                       .absent_msrs = arguments.all,
                       .progress = progress.Callback()};
  });
  if (!subject) return tl::unexpected(subject.error());
  PlatformSnapshot& snapshot = subject->snapshot;
  snapshot.mutable_metadata() = AsRecording(snapshot.metadata(), process.version);
  if (arguments.keep_identifiers) snapshot.mutable_metadata().Set(kHostName, HostName());
  if (*proof) RecordProof(**proof, &snapshot.mutable_metadata());
  const auto written = WriteDumpOutput(arguments.output, snapshot, process.output);
  if (!written) return tl::unexpected(written.error());
  if (!arguments.quiet) PrintError(WhatIsMissing(snapshot));
  return IsLeftOpen(snapshot) ? kUndetermined : 0;
}

}  // namespace

const Command kRecord{.name = "record",
                      .summary = "Save this machine as a dump that check --replay judges alike",
                      .declare = Declare,
                      .run = Run,
                      .reads = WhatIsRead,
                      .records = true};

}  // namespace vtprobe
