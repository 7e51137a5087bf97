#include "vtprobe/proof/provider.h"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <vector>

namespace vtprobe {
namespace {

using Needs = GuestProvider::Needs;

// arch/x86/kvm/vmx and svm of [linux]; any other needs neither.
Needs NeedsOf(std::string_view module) {
  if (module == "kvm_intel") return Needs::kVmx;
  if (module == "kvm_amd") return Needs::kSvm;
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

GuestProvider FindGuestProvider(const std::filesystem::path& root, const Metadata& host) {
  const auto extension = host.Get(meta::kKvmExtension);
  if (extension == "vmx") return {"kvm_intel", Needs::kVmx};
  if (extension == "svm") return {"kvm_amd", Needs::kSvm};
  if (!HasKvm(root)) return {"none", Needs::kUnknown};
  const std::vector<std::string> modules = ModulesOfKvm(root / "sys/module");
  if (modules.size() != 1) return {"kvm", Needs::kUnknown};
  return {modules.front(), NeedsOf(modules.front())};
}

}  // namespace vtprobe
