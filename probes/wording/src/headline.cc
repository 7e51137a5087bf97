// The first line of a report: the whole answer in one plain sentence.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "phrases.h"
#include "vtprobe/wording/cpus_text.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using phrases::Plain;

std::string_view ByWhom(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "firmware disabled it and locked the setting";
    case Attribution::kKernel:
      return "the kernel locked the setting with it disabled";
    case Attribution::kFirmwareOrKernel:
      return "it is disabled and the setting is locked, by firmware or by the kernel";
    case Attribution::kHypervisor:
      return "the hypervisor shows it disabled and locked";
    case Attribution::kUnknown:
      return "it is disabled and the setting is locked";
  }
  return {};
}

class HeadlineWriter {
 public:
  explicit HeadlineWriter(const VirtualizationVerdict& verdict)
      : verdict_(verdict),
        technology_(phrases::TechnologyName(verdict)),
        unread_(phrases::Unread(verdict)) {}

  std::string Write() const {
    std::string text = Sentence();
    const bool proven = verdict_.state != State::kIndeterminate;
    if (proven && !unread_.empty()) {
      text += fmt::format(" {} could not be read.", CpusText(unread_));
    }
    return text;
  }

 private:
  // "on all 8 CPUs", "on this CPU", or the list where others were not read.
  std::string Where() const {
    if (!unread_.empty()) return "on " + CpusText(verdict_.machine.online.Difference(unread_));
    if (verdict_.machine.online.Count() == 1) return "on this CPU";
    return fmt::format("on all {} CPUs", verdict_.machine.online.Count());
  }

  std::string Sentence() const {
    switch (verdict_.state) {
      case State::kEnabled:
        if (verdict_.usable == Usable::kYes) {
          return fmt::format("{} is usable {}.", technology_, Where());
        }
        return fmt::format(
            "{} is OFF {}: this is a measured launch, and the locked setting does not allow it "
            "there.",
            technology_, Where());
      case State::kEnabledUnlocked:
        return fmt::format("{} is usable {}; its setting is not locked.", technology_, Where());
      case State::kEnabledInSmxOnly:
        if (verdict_.usable == Usable::kYes) {
          return fmt::format(
              "{} is usable {}: this is a measured launch, and the setting allows "
              "it there.",
              technology_, Where());
        }
        return fmt::format(
            "{} is OFF {}: the locked setting allows it only under a measured "
            "launch (TXT).",
            technology_, Where());
      case State::kDisabledLocked:
        return fmt::format("{} is OFF {}: {}.", technology_, Where(), ByWhom(verdict_.attribution));
      case State::kDisabledNeedsKey:
        return fmt::format("{} is OFF {}: {}; only a key undoes the lock.", technology_, Where(),
                           ByWhom(verdict_.attribution));
      case State::kDisabledUnlocked:
        return fmt::format("{} is OFF {}: it is disabled, but the setting is not locked.",
                           technology_, Where());
      case State::kUnlocked:
        return fmt::format("{} is not usable yet {}: its setting was never locked.", technology_,
                           Where());
      case State::kUnsupported:
        return fmt::format(
            "{} not offer hardware virtualization.",
            verdict_.machine.online.Count() == 1 ? "This CPU does" : "These CPUs do");
      case State::kInUse:
        return fmt::format("{} is on and in use {}: this is {}.", technology_, Where(),
                           verdict_.partition->name);
      case State::kHiddenByHypervisor:
        return fmt::format(
            "Cannot tell: the hypervisor{} hides hardware virtualization from {}.",
            verdict_.machine.hypervisor ? " (" + *verdict_.machine.hypervisor + ")" : "",
            phrases::ThisSystem(verdict_));
      case State::kContradictory:
        return fmt::format(
            "Cannot tell: CPUID offers {} {}, but the register that switches it is "
            "not there.",
            technology_, Where());
      case State::kInconsistent:
        return fmt::format("{} is NOT usable: CPUs disagree. {}.", technology_, GroupList());
      case State::kIndeterminate:
        return "Cannot tell: " + WhyIndeterminate();
    }
    return {};
  }

  // "63 CPUs (0-16,18-63) are enabled and locked, CPU 17 is disabled and locked"
  std::string GroupList() const {
    std::string text;
    for (const VirtualizationGroup& group : verdict_.groups) {
      if (group.state == State::kIndeterminate) continue;
      if (!text.empty()) text += ", ";
      const std::size_t count = group.cpus.Count();
      if (count == 1) {
        text.append("CPU ").append(group.cpus.ToString()).append(" is ");
      } else {
        text.append(std::to_string(count)).append(" CPUs (").append(group.cpus.ToString());
        text.append(") are ");
      }
      text.append(Plain(group.state));
    }
    return text;
  }

  std::string WhyIndeterminate() const {
    if (verdict_.groups.empty()) return "no online CPU is recorded.";
    const auto blocking =
        std::find_if(verdict_.groups.begin(), verdict_.groups.end(),
                     [](const auto& group) { return group.state == State::kIndeterminate; });
    const bool all_unread = unread_ == verdict_.machine.online;
    if (!all_unread) {
      return fmt::format("{}, but {} could not be read{}.", GroupList(), CpusText(unread_),
                         blocking->unread ? fmt::format(": {}", Describe(*blocking->unread)) : "");
    }
    if (!blocking->unread || verdict_.technology == Technology::kUnknown) {
      const std::string differing = DifferingNotes();
      return differing.empty() ? Lowered(blocking->note) : differing;
    }
    if (phrases::IsKnownInPart(*blocking)) {
      return fmt::format("{} offered. {}", technology_ + " is", blocking->note);
    }
    return fmt::format("{} offered, but its switch ({}) could not be read: {}.",
                       technology_ + " is", SwitchName(), Describe(*blocking->unread));
  }

  // The sentences that all notes begin with, then those that only some CPUs have.
  // Empty unless two of these differ.
  std::string DifferingNotes() const {
    std::string_view common = verdict_.groups.front().note;
    for (const VirtualizationGroup& group : verdict_.groups) {
      const auto end =
          std::mismatch(common.begin(), common.end(), group.note.begin(), group.note.end()).first;
      common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    common = common.substr(0, common.rfind('.') + 1);  // npos + 1 is 0
    std::string text;
    std::string_view first;
    bool differ = false;
    for (const VirtualizationGroup& group : verdict_.groups) {
      std::string_view own = group.note;
      own.remove_prefix(common.size());
      if (own.starts_with(' ')) own.remove_prefix(1);
      if (own.empty()) continue;
      differ |= !first.empty() && first != own;
      first = own;
      text.append(" ").append(CpusText(group.cpus)).append(": ").append(own);
    }
    if (common.empty() || !differ) return {};
    return Lowered(std::string(common)) + " CPUs disagree." + text;
  }

  // A note as the continuation of a sentence; names keep their capitals.
  static std::string Lowered(std::string note) {
    if (note.starts_with("The ")) note[0] = 't';
    return note;
  }

  std::string_view SwitchName() const {
    return verdict_.technology == Technology::kSvm ? "VM_CR, MSR 0xc0010114"
                                                   : "IA32_FEATURE_CONTROL, MSR 0x3a";
  }

  const VirtualizationVerdict& verdict_;
  std::string technology_;
  CpuSet unread_;
};

std::string_view Subject(Technology technology) {
  switch (technology) {
    case Technology::kVtx:
      return "Intel VT-x";
    case Technology::kSvm:
      return "AMD-V";
    case Technology::kNone:
    case Technology::kUnknown:
      break;
  }
  return "Hardware virtualization";
}

std::string_view Predicate(Usable usable) {
  switch (usable) {
    case Usable::kYes:
      return "is usable";
    case Usable::kNotYet:
      return "is not switched on yet";
    case Usable::kNo:
    case Usable::kUnknown:
      break;
  }
  return "is NOT usable";
}

// Where the register is not known, neither is a CPU's vendor, nor how many of them
// the words are about.
std::string ByWords(const VirtualizationVerdict& verdict) {
  return fmt::format("{} {}: {}", Subject(verdict.technology), Predicate(verdict.usable),
                     phrases::Quotation(*verdict.quoted));
}

// What guests decided; empty where the registers decide.
std::string ByGuests(const VirtualizationVerdict& verdict) {
  const SeenGuests& guests = *verdict.guests;
  if (!guests.wrong.empty()) {
    return fmt::format("Not sound: guests computed wrongly on {}.", CpusText(guests.wrong));
  }
  const std::string technology = phrases::TechnologyName(verdict);
  if (!guests.disproven.empty()) {
    return fmt::format("{} does NOT work on {}: {} could not run a guest there.", technology,
                       CpusText(guests.disproven), guests.provider);
  }
  if (guests.proven.empty() || verdict.usable != Usable::kYes ||
      verdict.state == State::kInconsistent) {
    return {};
  }
  const bool is_one = verdict.machine.online.Count() == 1;
  return fmt::format(
      "{} is usable on {}: {} ran guests there; {} could not be read.", technology,
      is_one ? std::string("this CPU") : fmt::format("all {} CPUs", verdict.machine.online.Count()),
      guests.provider,
      guests.proven == verdict.machine.online ? std::string("its switch")
                                              : "the switch of " + CpusText(guests.proven));
}

}  // namespace

std::string Headline(const VirtualizationVerdict& verdict) {
  if (verdict.guests) {
    std::string text = ByGuests(verdict);
    if (!text.empty()) return text;
  }
  if (verdict.quoted) return ByWords(verdict);
  return HeadlineWriter(verdict).Write();
}

}  // namespace vtprobe
