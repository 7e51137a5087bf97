// The kernel looks at the same switches while it boots, and says so if they are
// off. Its word is a second opinion: where it contradicts the registers, one of
// the two was taken at another time or is not of this machine.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::rules {
namespace {

template <std::size_t kCount>
bool HoldsOneOf(const std::string& line, const std::array<std::string_view, kCount>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
    return line.find(phrase) != std::string::npos;
  });
}

// "x86/cpu: VMX (outside TXT) disabled by BIOS", "SVM disabled (by BIOS) in
// MSR_VM_CR", "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU
// 0", "kvm: support for 'kvm_amd' disabled by bios"; but not "SGX disabled by
// BIOS". arch/x86/kernel/cpu/{feat_ctl,amd}.c, arch/x86/kvm of [linux].
bool SaysOff(const std::string& line) {
  static constexpr std::array<std::string_view, 3> kSubjects = {"vmx", "svm", "kvm"};
  static constexpr std::array<std::string_view, 4> kPhrases = {
      "disabled by bios", "disabled (by bios)", "not enabled by bios", "not enabled (by bios)"};
  return HoldsOneOf(line, kSubjects) && HoldsOneOf(line, kPhrases);
}

// kvm_amd says these once it has found SVM usable on every CPU.
bool SaysOn(const std::string& line) {
  static constexpr std::array<std::string_view, 2> kPhrases = {"nested paging enabled",
                                                               "nested virtualization enabled"};
  return HoldsOneOf(line, kPhrases);
}

struct LogsWord {
  std::string off;  // the first line that says so
  std::string on;
};

LogsWord WordOf(const Metadata& metadata) {
  LogsWord word;
  const std::string prefix = std::string(meta::kKernelLog) + '.';
  for (const auto& [key, value] : metadata.entries()) {
    if (!key.starts_with(prefix)) continue;
    const std::string line = Lowercase(value);
    if (word.off.empty() && SaysOff(line)) word.off = value;
    if (word.on.empty() && SaysOn(line)) word.on = value;
  }
  return word;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  const auto log = host.Get(meta::kKernelLog);
  const LogsWord word = WordOf(input.snapshot.metadata());
  if (!log && word.off.empty() && word.on.empty()) {
    return host.NotRecorded("what the kernel logged of virtualization");
  }
  switch (input.virtualization.usable) {
    case Usable::kUnknown:
      return host.Say(
          Outcome::kNotApplicable,
          word.off.empty()
              ? "The registers give no answer that the log could be held against."
              : fmt::format("The registers give no answer; the kernel says: {}", word.off));
    case Usable::kYes:
      if (!word.off.empty()) {
        return host.Say(Outcome::kWarn,
                        fmt::format("The registers say that virtualization is usable, the "
                                    "kernel's log says: {}",
                                    word.off));
      }
      if (!word.on.empty()) {
        return host.Say(Outcome::kPass, fmt::format("The kernel's log agrees: {}", word.on));
      }
      if (log == "complete") {
        return host.Say(Outcome::kPass,
                        "The kernel's log, which reaches back to its first line, complains of "
                        "nothing.");
      }
      break;
    case Usable::kNo:
    case Usable::kNotYet:
      if (!word.off.empty()) {
        return host.Say(Outcome::kPass, fmt::format("The kernel's log agrees: {}", word.off));
      }
      if (!word.on.empty()) {
        return host.Say(Outcome::kWarn,
                        fmt::format("The registers say that virtualization is not usable, the "
                                    "kernel's log says: {}",
                                    word.on));
      }
      break;
  }
  return host.Say(Outcome::kNotApplicable,
                  "What is left of the kernel's log says neither that virtualization is on nor "
                  "that it is off.");
}

}  // namespace

const Rule kHostKernelLog{
    .id = "host.kernel_log_agrees",
    .title = "The kernel's log says the same of virtualization as the registers",
    .spec = "[linux/feat-ctl], [linux/kvm-x86]",
    .severity = Severity::kMedium,
    .remedy =
        "Read the registers and the log in the same boot. If they still disagree, the "
        "registers were changed after the kernel looked (suspend and resume, a tool that "
        "writes MSRs): reboot and look again.",
    .in_guests = true,
    .reads = [](Selection* selection) { selection->Add(VirtualizationRegisters()); },
    .judge = Judge};

}  // namespace vtprobe::rules
