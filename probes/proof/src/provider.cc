#include "vtprobe/proof/provider.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace vtprobe {
namespace {

using Needs = GuestProvider::Needs;

// arch/x86/kvm/vmx and svm of [linux]; any other module needs neither.
Needs NeedsOf(std::string_view module) {
  if (module == "kvm_intel") return Needs::kVmx;
  if (module == "kvm_amd") return Needs::kSvm;
  if (module == "kvm" || module == "none") return Needs::kUnknown;
  return Needs::kNothing;
}

std::vector<std::string> ModulesOfKvm(const std::filesystem::path& modules) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(modules, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with("kvm_")) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Whoever has its device, and no system files to look into, has it.
bool HasKvm(const std::filesystem::path& root) {
  std::error_code ignored;
  return std::filesystem::exists(root / "sys/devices/virtual/misc/kvm", ignored) ||
         std::filesystem::exists(root / "dev/kvm", ignored);
}

}  // namespace

GuestProvider ProviderNamed(std::string name) {
  const Needs needs = NeedsOf(name);
  return {std::move(name), needs};
}

GuestProvider FindGuestProvider(const std::filesystem::path& root, const Metadata& host) {
  const auto extension = host.Get(meta::kKvmExtension);
  if (extension == "vmx") return ProviderNamed("kvm_intel");
  if (extension == "svm") return ProviderNamed("kvm_amd");
  if (!HasKvm(root)) return ProviderNamed("none");
  const std::vector<std::string> modules = ModulesOfKvm(root / "sys/module");
  return ProviderNamed(modules.size() == 1 ? modules.front() : "kvm");
}

}  // namespace vtprobe
