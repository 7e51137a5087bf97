// What machines of a store are called by the files of their recordings.

#include "machine_names.h"

#include <gtest/gtest.h>

namespace vtprobe {
namespace {

TEST(MachineNames, AreThoseOfFiles) {
  EXPECT_EQ(MachineNameOf("n17.dump", {"n17.dump"}), "n17");
  EXPECT_EQ(MachineNameOf("/srv/lab/n17.dump", {"/srv/lab/n17.dump"}), "n17");
  EXPECT_EQ(MachineNameOf("n17.vtpb.zst", {"n17.vtpb.zst"}), "n17");
  EXPECT_EQ(MachineNameOf("10.0.0.17", {"10.0.0.17"}), "10.0.0.17");
  EXPECT_EQ(MachineNameOf("n17.txt", {"n17.txt"}), "n17.txt");
  EXPECT_EQ(MachineNameOf(".dump", {".dump"}), ".dump");
}

TEST(MachineNames, StandBelowWhatIsNamed) {
  EXPECT_EQ(MachineNameOf("lab/n17.dump", {"lab"}), "n17");
  EXPECT_EQ(MachineNameOf("lab/n17.dump", {"other", "lab/"}), "n17");
  EXPECT_EQ(MachineNameOf("lab/rack1/n17.dump", {"lab"}), "rack1/n17");
  EXPECT_EQ(MachineNameOf("./n17.dump", {"."}), "n17");
  EXPECT_EQ(MachineNameOf("/n17.dump", {"/"}), "n17");
  EXPECT_EQ(MachineNameOf("lab.tar!rack1/n17.dump", {"lab.tar"}), "rack1/n17");
  EXPECT_EQ(MachineNameOf("labor/n17.dump", {"lab", "labor/n17.dump"}), "n17");
}

TEST(MachineNames, AreThoseOfFoldersThatAreAMachine) {
  EXPECT_EQ(MachineNameOf("lab/n17/machine.dump", {"lab"}), "n17");
  EXPECT_EQ(MachineNameOf("lab/n17/machine.dump", {"lab/n17"}), "n17");
  EXPECT_EQ(MachineNameOf("lab/n17/machine.dump", {"lab/n17/machine.dump"}), "n17");
  EXPECT_EQ(MachineNameOf("machine.dump", {"machine.dump"}), "machine");
  EXPECT_EQ(MachineNameOf("lab.tar!rack1/n17/machine.dump", {"lab.tar"}), "rack1/n17");
  EXPECT_EQ(MachineNameOf("lab/n17/machine.dump.gz", {"lab"}), "n17");
  EXPECT_EQ(MachineNameOf("lab/n17", {"lab"}), "n17") << "a folder as hwloc writes it";
}

}  // namespace
}  // namespace vtprobe
