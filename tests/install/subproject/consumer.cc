#include <cstdio>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/fixtures/replay_platform.h"
#include "vtprobe/probes/virtualization.h"

int main() {
  const auto judge = [](const vtprobe::PlatformSnapshot& host) {
    return vtprobe::JudgeVirtualization(host).state;
  };
  const auto recorded = judge(vtprobe::fixtures::ReplayPlatform("intel/core2-smx-only-ff03"));
  const auto made_up = judge(vtprobe::fixtures::PlatformBuilder::Amd().Locked());
  std::printf("%s, %s\n", vtprobe::Name(recorded).data(), vtprobe::Name(made_up).data());
  return recorded == vtprobe::State::kEnabledInSmxOnly && made_up == vtprobe::State::kEnabled ? 0
                                                                                              : 1;
}
