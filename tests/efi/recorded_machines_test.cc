// The same tables in both worlds: of each recorded machine the collector reads what
// `vtprobe record` would.

#include "vtprobe/fixtures/recorded_machines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <type_traits>

#include "collect.h"
#include "efi/made_up_firmware.h"
#include "processors.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::efi {
namespace {

constexpr std::size_t kManyCpus = 8;

// Of the leaves that the tables name and of all MSRs: what each CPU gave. Of other leaves
// the command asks for some by name, where a recording lacks those that lead there; a CPU
// answers whatever it is asked, so that going through its leaves finds all of them.
std::string WhatWasRead(const PlatformSnapshot& snapshot) {
  std::ostringstream text;
  const auto add = [&](const auto& values) {
    for (const auto& [cpus, reading] : values) {
      text << ' ' << cpus.ToString() << ':';
      if (!reading) {
        text << Name(reading.error());
      } else if constexpr (std::is_same_v<std::decay_t<decltype(reading)>, MsrReading>) {
        text << *reading;
      } else {
        const CpuidRegisters& r = reading->registers;
        text << r.eax << ',' << r.ebx << ',' << r.ecx << ',' << r.edx;
      }
    }
    text << '\n';
  };
  for (const auto& [leaf, mask] : registers::KnownRegisters(/*identifiers=*/false).cpuid) {
    text << "CPUID " << std::hex << leaf.leaf << '.' << leaf.subleaf;
    add(snapshot.Values(leaf));
  }
  for (const MsrAddress address : snapshot.Everything().msrs) {
    text << "MSR " << std::hex << Number(address);
    add(snapshot.Values(address));
  }
  return text.str();
}

// Before a system runs there is no driver that could fail, and CPUID does not.
bool CpuidFailed(const PlatformSnapshot& machine) {
  const auto vendors = machine.Values(CpuidLeaf{0});
  return std::any_of(vendors.begin(), vendors.end(),
                     [](const auto& value) { return !value.second.has_value(); });
}

TEST(RecordedMachines, AreReadAsByTheCommand) {
  std::size_t compared = 0;
  for (const auto& recorded : fixtures::RecordedMachinesIn(VTPROBE_DUMPS)) {
    const PlatformSnapshot machine = fixtures::LoadDump(recorded.dump);
    const std::size_t cpus = machine.online().Count();
    if (!machine.offline().empty() || CpuidFailed(machine) || cpus == 0 || cpus > kManyCpus ||
        Number(machine.online().Last()) != cpus - 1) {
      continue;
    }
    ReplayBackend backend(machine);
    const PlatformSnapshot by_command =
        Capture({.registers = RecordedRegisters(/*identifiers=*/false), .all_cpuid = true},
                machine.online(), {}, Metadata(), backend, backend);
    MadeUpFirmware firmware(machine);
    const PlatformSnapshot collected =
        Collect(Processors(firmware.firmware()), firmware, /*identifiers=*/false, Metadata());
    EXPECT_EQ(WhatWasRead(collected), WhatWasRead(by_command)) << recorded.name;
    ++compared;
  }
  EXPECT_GT(compared, 50u);
}

}  // namespace
}  // namespace vtprobe::efi
