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

}  // namespace
}  // namespace vtprobe
