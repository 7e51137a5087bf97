// Every recorded machine passes the profile that is made of it: what vtprobe
// profile from writes is a profile, and asks for no more than the machine has.

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "corpus/machine_folder.h"
#include "sanitizer.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::corpus {
namespace {

TEST(OwnProfile, IsPassedByEveryMachineThatIsUsable) {
  std::size_t turn = 0;
  for (const std::string& folder : MachineFolders(ShippedDumps())) {
    if (turn++ % kStride != 0) continue;
    const auto machine = LoadMachine(ShippedDumps(), folder);
    if (!machine) continue;  // the corpus test says why
    const PlatformSnapshot& snapshot = machine->snapshot;
    const std::string text = WriteProfile(ProfileOf(snapshot, "own", machine->manifest.title));
    const auto profile = ParseProfile(text, "2026-11-22");
    ASSERT_TRUE(profile) << folder << ": " << profile.error().line << ": "
                         << profile.error().message << '\n'
                         << text;
    EXPECT_EQ(profile->title, machine->manifest.title);
    EXPECT_EQ(WriteProfile(*profile), text) << folder;

    const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
    const std::vector<Finding> findings = JudgeRules({snapshot, verdict, &*profile});
    EXPECT_EQ(ExitCode(*profile, findings), ExitCode(verdict)) << folder << '\n' << text;
  }
}

}  // namespace
}  // namespace vtprobe::corpus
