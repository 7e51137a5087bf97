#include "vtprobe/report/glossary.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "text_layout.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

std::string_view Meaning(State state) {
  switch (state) {
    case State::kEnabled:
      return "Switched on and locked: an operating system can use it, and nothing changes that "
             "until the next reset.";
    case State::kEnabledUnlocked:
      return "Of AMD-V: switched on, and not locked. It is usable; software could still switch it "
             "off.";
    case State::kEnabledInSmxOnly:
      return "VT-x works under a measured launch (Intel TXT) only: IA32_FEATURE_CONTROL is locked "
             "with bit 1 set and bit 2 clear. Without one it is not usable.";
    case State::kDisabledLocked:
      return "Switched off, and locked until the next reset: only firmware setup brings it back, "
             "and a power cycle after it.";
    case State::kDisabledUnlocked:
      return "Of AMD-V: switched off in VM_CR, and not locked: software with the right to write "
             "the register may switch it on.";
    case State::kDisabledNeedsKey:
      return "Of AMD-V: switched off and locked by a key (SVM_KEY): who knows the key, which is "
             "firmware, can unlock it.";
    case State::kUnlocked:
      return "Of VT-x: nobody has set the switch yet. It does not work as it is; an operating "
             "system or a hypervisor may switch it on and lock it.";
    case State::kUnsupported:
      return "CPUID does not offer it: this CPU has no hardware virtualization. No setting brings "
             "it.";
    case State::kInUse:
      return "A hypervisor uses it, and this system is that hypervisor's own: Hyper-V's root "
             "partition, Linux as root partition, ACRN's service VM, or Xen's dom0.";
    case State::kHiddenByHypervisor:
      return "This is a guest, and its hypervisor does not offer it. What the host has does not "
             "show here.";
    case State::kContradictory:
      return "What was read does not fit together, such as a feature that CPUID offers and a "
             "register that is not there. An emulator or a hypervisor may be at work.";
    case State::kInconsistent:
      return "CPUs disagree. A hypervisor wants all of them alike, so the worst decides.";
    case State::kIndeterminate:
      return "It can't be told: what decides was not read or not recorded. The report says why, "
             "and what to do.";
  }
  return {};
}

std::string_view Meaning(Usable usable) {
  switch (usable) {
    case Usable::kNo:
      return "Virtual machines can't run as it is.";
    case Usable::kNotYet:
      return "Nothing forbids it, and somebody has to switch it on first.";
    case Usable::kUnknown:
      return "What was read does not say.";
    case Usable::kYes:
      return "Virtual machines can run, on every CPU that counts.";
  }
  return {};
}

std::string_view Meaning(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "Firmware (BIOS, UEFI) set the switch: its setup is where to look.";
    case Attribution::kKernel:
      return "The operating system's kernel set it.";
    case Attribution::kFirmwareOrKernel:
      return "Firmware or the kernel set it: either would have left it as it is.";
    case Attribution::kHypervisor:
      return "A hypervisor decides what this system sees.";
    case Attribution::kUnknown:
      return "Nothing that was read says who set it.";
  }
  return {};
}

std::string_view Meaning(Technology technology) {
  switch (technology) {
    case Technology::kVtx:
      return "Intel VT-x, also called VMX or Vanderpool; of Centaur and Zhaoxin too.";
    case Technology::kSvm:
      return "AMD-V, which manuals call SVM; of Hygon too.";
    case Technology::kNone:
      return "CPUID offers neither VT-x nor AMD-V.";
    case Technology::kUnknown:
      return "CPUID is hidden, was not recorded, or can't be trusted.";
  }
  return {};
}

std::string_view Meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "What the rule asks for holds.";
    case Outcome::kFail:
      return "It does not hold. It sets the exit status only where the rule counts.";
    case Outcome::kWarn:
      return "It holds, and something is odd all the same.";
    case Outcome::kNotApplicable:
      return "The rule does not concern these CPUs.";
    case Outcome::kIndeterminate:
      return "What the rule looks at was not read.";
    case Outcome::kWaived:
      return "It does not hold, and the profile says why that is accepted.";
  }
  return {};
}

template <typename Word, std::size_t kSize>
void Add(std::string_view kind, const std::array<Word, kSize>& words, std::vector<Term>* terms) {
  for (const Word word : words) terms->push_back({Name(word), kind, std::string(Meaning(word))});
}

}  // namespace

std::vector<Term> Glossary() {
  std::vector<Term> terms;
  Add("state", kAllStates, &terms);
  Add("usable", std::array{Usable::kYes, Usable::kNotYet, Usable::kNo, Usable::kUnknown}, &terms);
  Add("attribution",
      std::array{Attribution::kFirmware, Attribution::kKernel, Attribution::kFirmwareOrKernel,
                 Attribution::kHypervisor, Attribution::kUnknown},
      &terms);
  Add("technology",
      std::array{Technology::kVtx, Technology::kSvm, Technology::kNone, Technology::kUnknown},
      &terms);
  Add("outcome",
      std::array{Outcome::kPass, Outcome::kFail, Outcome::kWarn, Outcome::kNotApplicable,
                 Outcome::kIndeterminate, Outcome::kWaived},
      &terms);
  for (const AccessCode code : kAllAccessCodes) {
    terms.push_back({Name(code), "error", fmt::format("{}: {}.", Describe(code), Advise(code))});
  }
  return terms;
}

std::string RenderGlossary(const std::vector<Term>& terms, const RenderOptions& options) {
  std::vector<TextRow> rows;
  rows.reserve(terms.size());
  for (const Term& term : terms) {
    TextRow row = Prose(std::string(term.word), term.meaning);
    row.items.front() = fmt::format("({}) {}", term.kind, row.items.front());
    rows.push_back(std::move(row));
  }
  return LayOut(std::move(rows), options);
}

}  // namespace vtprobe
