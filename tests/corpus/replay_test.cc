// A recording replayed is the live run it came from: the same JSON, byte for
// byte. A check asks a machine only for what it judges by; a recording holds
// all there is, goes through a file, and must change nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "corpus/machine_folder.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"
#include "vtprobe/report/formats.h"

namespace vtprobe::corpus {
namespace {

std::string Json(const PlatformSnapshot& snapshot) {
  const auto formats = ReportFormats();
  const auto json = std::find_if(formats.begin(), formats.end(),
                                 [](const ReportFormat& format) { return format.name == "json"; });
  return json->render(MakeReport(snapshot, "test", std::nullopt), {});
}

// What the machine's registers, read as those of a machine that is here, become.
PlatformSnapshot Read(const PlatformSnapshot& machine, CapturePlan plan) {
  // Recordings often give all CPUs the same leaves.
  plan.distinct_apic_ids = false;
  ReplayBackend backend(machine);
  return Capture(plan, machine.online(), machine.offline(), machine.metadata(), backend, backend);
}

TEST(Replay, SaysWhatTheLiveRunSaid) {
  const auto folders = MachineFolders(ShippedDumps());
  ASSERT_FALSE(folders.empty());
  for (const std::string& folder : folders) {
    SCOPED_TRACE(folder);
    const auto machine = LoadMachine(ShippedDumps(), folder);
    ASSERT_TRUE(machine);
    const PlatformSnapshot checked =
        Read(machine->snapshot, {.registers = CheckedRegisters(), .all_cpuid = true});
    const PlatformSnapshot recorded =
        Read(machine->snapshot, {.registers = RecordedRegisters(false), .all_cpuid = true});
    const auto replayed = ParseDump(WriteDump(recorded));
    ASSERT_TRUE(replayed) << replayed.error().message;
    EXPECT_EQ(*replayed, recorded);
    EXPECT_EQ(Json(*replayed), Json(checked));
  }
}

}  // namespace
}  // namespace vtprobe::corpus
