#include "vtprobe/proof/provider.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using Needs = GuestProvider::Needs;

struct Case {
  std::vector<std::string> modules;
  std::string extension;
  std::string name;
  Needs needs;
};

class Provider : public ::testing::TestWithParam<Case> {};

TEST_P(Provider, IsToldByModulesAndByKvm) {
  const Case& tested = GetParam();
  TempTree tree;
  tree.MakeFolder("sys/devices/virtual/misc/kvm");
  for (const std::string& module : tested.modules) {
    tree.MakeFolder("sys/module/" + module);
  }
  Metadata host;
  if (!tested.extension.empty()) host.Set(meta::kKvmExtension, tested.extension);
  const GuestProvider provider = FindGuestProvider(tree.root(), host);
  EXPECT_EQ(provider.name, tested.name);
  EXPECT_EQ(provider.needs, tested.needs);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Provider,
    ::testing::Values(Case{{"kvm", "kvm_amd"}, "", "kvm_amd", Needs::kSvm},
                      Case{{"kvm", "kvm_intel"}, "", "kvm_intel", Needs::kVmx},
                      Case{{"kvm", "kvm_pvm"}, "", "kvm_pvm", Needs::kNothing},
                      // Both are part of the kernel: one found its hardware, or neither.
                      Case{{"kvm_amd", "kvm_intel"}, "", "kvm", Needs::kUnknown},
                      Case{{"kvm_amd", "kvm_intel"}, "svm", "kvm_amd", Needs::kSvm},
                      Case{{"kvm_amd", "kvm_intel"}, "vmx", "kvm_intel", Needs::kVmx},
                      Case{{"kvm_intel", "kvm_pvm"}, "", "kvm", Needs::kUnknown},
                      Case{{"kvm"}, "", "kvm", Needs::kUnknown},
                      Case{{}, "", "kvm", Needs::kUnknown}));

// Both are part of the kernel, and neither found its hardware.
TEST(ProviderOfNothing, IsNone) {
  TempTree tree;
  tree.MakeFolder("sys/module/kvm_amd");
  tree.MakeFolder("sys/module/kvm_intel");
  EXPECT_EQ(FindGuestProvider(tree.root(), {}).name, "none");
  EXPECT_FALSE(FindGuestProvider(tree.root(), {}).needs_hardware());
}

// A container that sees no such part of /sys.
TEST(ProviderOfADevice, IsNotNone) {
  TempTree tree;
  tree.MakeFolder("dev/kvm");
  EXPECT_EQ(FindGuestProvider(tree.root(), {}).name, "kvm");
}

}  // namespace
}  // namespace vtprobe
