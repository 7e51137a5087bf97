#include "hal/recording_of.h"

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {

PlatformSnapshot RecordingOf(const fixtures::KnownMsrs& known) {
  SnapshotBuilder builder;
  for (const auto& [cpu, address, answer] : known) {
    const MsrReading reading =
        answer.map_error([](const AccessError& error) { return error.code; });
    EXPECT_TRUE(builder.OpenBlock(CpuSet(cpu)) && builder.AddMsr(address, reading));
  }
  return builder.Build();
}

PlatformSnapshot RecordingOf(const fixtures::KnownCpuids& known) {
  SnapshotBuilder builder;
  for (const auto& [cpu, leaf, answer] : known) {
    const CpuidReading reading =
        answer.map([](const CpuidRegisters& registers) { return PartialCpuid{registers}; })
            .map_error([](const AccessError& error) { return error.code; });
    EXPECT_TRUE(builder.OpenBlock(CpuSet(cpu)) && builder.AddCpuid(leaf, reading));
  }
  return builder.Build();
}

}  // namespace vtprobe
