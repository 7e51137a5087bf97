#include "linux/kvm_module.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

struct Module {
  std::string_view name;
  std::span<const std::string_view> parameters;
};

// arch/x86/kvm/vmx/vmx.c, arch/x86/kvm/svm/{svm,avic,sev}.c of Linux.
constexpr std::array<std::string_view, 6> kIntelParameters = {
    "enable_apicv", "ept", "nested", "tdx", "unrestricted_guest", "vpid"};
constexpr std::array<std::string_view, 6> kAmdParameters = {"avic", "nested", "npt",
                                                            "sev",  "sev_es", "sev_snp"};
constexpr std::array<Module, 2> kModules = {Module{"kvm_intel", kIntelParameters},
                                            Module{"kvm_amd", kAmdParameters}};

// Whichever of KVM's modules is none of those that need hardware; the first by
// name.
std::string FindOtherProvider(const std::filesystem::path& modules) {
  std::string provider;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(modules, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with("kvm_") || !IsFolder(entry->path())) continue;
    if (provider.empty() || name < provider) provider = std::move(name);
  }
  return provider;
}

}  // namespace

void ReadKvmModule(const std::filesystem::path& root, Metadata* metadata) {
  const std::filesystem::path modules = root / "sys/module";
  if (!IsFolder(modules)) return;
  for (const Module& module : kModules) {
    const std::filesystem::path folder = modules / module.name;
    if (!IsFolder(folder)) continue;
    metadata->Set(meta::kKvmModule, module.name);
    for (const std::string_view parameter : module.parameters) {
      const auto value = ReadAttribute(folder / "parameters" / parameter);
      if (!value) continue;
      metadata->Set(std::string(module.name) + '.' + std::string(parameter), *value);
    }
    return;
  }
  metadata->Set(meta::kKvmModule, "none");
  std::error_code error;
  if (!std::filesystem::exists(root / "dev/kvm", error)) return;
  metadata->Set(meta::kKvmProvider, FindOtherProvider(modules));
}

}  // namespace vtprobe
