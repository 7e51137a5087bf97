// The module that runs trust domains, as the kernel tells: it was loaded, and accepted
// the machine. A kernel loads it when KVM first needs it, so that it says nothing of one
// it did not try.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "host_facts.h"
#include "rules.h"
#include "tdx.h"

namespace vtprobe::rules {
namespace {

constexpr std::string_view kPrefix = "virt/tdx: ";
constexpr std::string_view kInitialized = "initialized";
// [linux] arch/x86/virt/vmx/tdx/tdx.c; the latter since Linux 7.0.
constexpr std::array<std::string_view, 2> kUp = {"virt/tdx: module initialized",
                                                 "virt/tdx: TDX-Module initialized"};

// What the kernel said last of those that say it is up, and that something failed.
struct Said {
  std::string_view up;
  std::string_view failed;
  bool any = false;
};

Said InTheLog(const Metadata& metadata) {
  Said said;
  for (const auto& [key, text] : metadata.entries()) {
    if (!key.starts_with(meta::kKernelLog) || !text.starts_with(kPrefix)) continue;
    said.any = true;
    if (std::find(kUp.begin(), kUp.end(), text) != kUp.end()) said.up = text;
    if (text.find("failed") != std::string::npos) said.failed = text;
  }
  return said;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: trust domains are its host's.");
  }
  if (host.Lacks(registers::kMadeByIntel)) {
    return host.Say(Outcome::kNotApplicable, "These CPUs are not Intel's: they have no TDX.");
  }
  const auto state = host.Get(meta::kTdxModule);
  const Said said = InTheLog(input.snapshot.metadata());
  if (state == kInitialized || !said.up.empty()) {
    return host.Say(Outcome::kPass, "The TDX module is initialized.");
  }
  if (!said.failed.empty()) {
    return host.Say(Outcome::kFail, fmt::format("The kernel says of TDX: \"{}\".", said.failed));
  }
  // KVM clears it itself where the module failed, which is said above. [linux]
  // arch/x86/kvm/vmx/tdx.c (tdx_bringup)
  const auto parameter = host.Get("kvm_intel.tdx");
  if (parameter && *parameter != "Y") {
    return host.Say(Outcome::kNotApplicable, "KVM does not run trust domains here.");
  }
  if (state) {
    return host.Say(Outcome::kFail, fmt::format("The TDX module is {}.", *state));
  }
  if (!parameter && !said.any) return host.NotRecorded("whether the TDX module is initialized");
  if (parameter) {
    return host.Say(Outcome::kPass, "KVM runs trust domains: the TDX module is initialized.");
  }
  return host.Say(Outcome::kNotApplicable,
                  "The kernel has found TDX, and has not tried to initialize its module.");
}

}  // namespace

const Rule kHostTdxModule{
    .id = "host.tdx_module",
    .title = "The TDX module is initialized",
    .spec = "[linux/kernel-parameters] nohibernate, [linux] arch/x86/virt/vmx/tdx/tdx.c",
    .severity = Severity::kHigh,
    .remedy =
        "Look in the kernel's log for virt/tdx; give TDX two keys at least, boot with nohibernate "
        "and kvm_intel.tdx=1, and update the firmware, which brings the module along.",
    .judge = Judge};

}  // namespace vtprobe::rules
