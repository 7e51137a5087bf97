// Why the verdict is what it is, for somebody who wants to know.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "phrases.h"
#include "vtprobe/wording/cpus_text.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using phrases::Who;

std::string_view Article(std::string_view word) { return word.starts_with("SEV") ? "an" : "a"; }

// Of a hypervisor's own system.
std::string InUse(const HostPartition& partition) {
  return fmt::format(
      "The hypervisor bit is set, but this is no guest: it is {}, the host's own system. {} runs "
      "its guests in hardware, so the extension is on and taken, and another hypervisor can't use "
      "it beside that.",
      partition.name, partition.hypervisor);
}

std::string Hidden(const VirtualizationVerdict& verdict) {
  if (verdict.partition) {
    return fmt::format(
        "This is {}, the host's own system, but whether {} runs guests in hardware is not known: "
        "nothing here says that it offers HVM guests.",
        verdict.partition->name, verdict.partition->hypervisor);
  }
  const std::string what =
      verdict.machine.guest_protection
          ? fmt::format("This is {} {} guest", Article(*verdict.machine.guest_protection),
                        *verdict.machine.guest_protection)
          : "This is a guest";
  return what +
         ", and its CPUID shows no virtualization. That says nothing about the host, its CPU or "
         "its firmware.";
}

// Whether guests showed that what the registers allow does not work.
bool IsDisproven(const VirtualizationVerdict& verdict) {
  return verdict.guests && !verdict.guests->disproven.empty();
}

std::string Meaning(const VirtualizationVerdict& verdict) {
  switch (verdict.state) {
    case State::kEnabled:
      if (verdict.usable == Usable::kYes) {
        return "The switch is on and locked: an operating system can use it, and nothing can "
               "change it until the next reset.";
      }
      if (IsDisproven(verdict)) {
        return fmt::format(
            "The switch is on and locked: what else is wrong on {} no register tells.",
            CpusText(verdict.guests->disproven));
      }
      return "Under a measured launch (tboot) VMXON needs VMX_IN_SMX, which is clear and locked; "
             "Linux gives VT-x up then.";
    case State::kEnabledUnlocked:
      return "SVM is on; as VM_CR.LOCK is clear, any ring-0 code can still disable it.";
    case State::kEnabledInSmxOnly:
      // Under another launch no guest could have been expected to run.
      if (verdict.usable == Usable::kYes || IsDisproven(verdict)) {
        return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear, which is enough under a measured "
               "launch.";
      }
      return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear: VMXON works only after Intel TXT has "
             "started a measured launch with GETSEC[SENTER], as tboot does. An ordinary "
             "operating system finds VT-x switched off, and the lock holds until reset.";
    case State::kDisabledLocked:
      return verdict.technology == Technology::kSvm
                 ? "VM_CR.SVMDIS is set and locked; CPUID keeps offering SVM all the same."
                 : "The lock is set with both VMX bits clear, so VMXON faults until the next "
                   "reset; CPUID keeps offering VMX all the same.";
    case State::kDisabledNeedsKey:
      return "VM_CR.SVMDIS is set and locked: only the 64-bit key that firmware wrote to SVM_KEY "
             "undoes it (the register reads 0 whether there is a key or not); CPUID keeps "
             "offering SVM all the same.";
    case State::kDisabledUnlocked:
      return "VM_CR.SVMDIS is set but not locked: ring-0 code may clear it; CPUID keeps offering "
             "SVM all the same.";
    case State::kUnlocked:
      return "VMXON faults until the lock is set, whatever the other bits say. Linux 5.6 and "
             "newer discard what firmware left and lock it themselves; Windows does not.";
    case State::kUnsupported:
      return "CPUID offers neither VT-x nor SVM. Some firmware and some SKUs hide the bit "
             "itself, and software can't tell that from a CPU without the extension.";
    case State::kInUse:
      return InUse(*verdict.partition);
    case State::kHiddenByHypervisor:
      return Hidden(verdict);
    case State::kContradictory:
      return "What CPUID says and what the register does exclude each other on real hardware: a "
             "hypervisor that hides itself, or a defect, may be behind it.";
    case State::kInconsistent:
      return "A hypervisor needs the extension on every CPU: KVM refuses a host on the first bad "
             "one, and which one it names is chance.";
    case State::kIndeterminate:
      if (verdict.usable != Usable::kUnknown) {
        return "A value that was not read is not a value: what decides is what guests did.";
      }
      return "A value that was not read is not a value, so there is no verdict.";
  }
  return {};
}

// What speaks for the extension where its switch could not be read for want of a
// driver or of permission. It is no reading, so the state stays open.
std::string_view Corroboration(const VirtualizationVerdict& verdict) {
  if (verdict.state != State::kIndeterminate ||
      verdict.machine.kvm_runs_with != verdict.technology) {
    return {};
  }
  const auto is_out_of_reach = [](const VirtualizationGroup& group) {
    return group.unread == AccessCode::kNoDriver || group.unread == AccessCode::kPermissionDenied;
  };
  if (!std::any_of(verdict.groups.begin(), verdict.groups.end(), is_out_of_reach)) return {};
  switch (verdict.technology) {
    case Technology::kVtx:
      return "KVM shows its guests VMX registers (/dev/kvm), so it has loaded with VT-x: that "
             "speaks for it being enabled, without proving it for each CPU.";
    case Technology::kSvm:
      return "KVM shows its guests an SVM host's registers (/dev/kvm), so it has loaded with SVM: "
             "that speaks for it being enabled, without proving it for each CPU.";
    case Technology::kNone:
    case Technology::kUnknown:
      return {};
  }
  return {};
}

void AppendAttribution(std::string_view lead, Attribution who, std::string_view reason,
                       std::string* text) {
  text->append(lead).append(Who(who)).append(": ").append(reason).append(".");
}

std::size_t ExpectedSize(std::string_view meaning, const VirtualizationVerdict& verdict) {
  constexpr std::size_t kBesidesReason = 48;  // whose CPUs, who set it
  std::size_t size = meaning.size() + kBesidesReason;
  for (const VirtualizationGroup& group : verdict.groups) {
    size += group.attribution_reason.size() + kBesidesReason;
  }
  return size;
}

// Sentences with a blank between them. There may be one for each of many CPUs,
// so they are put together in place.
class Sentences {
 public:
  explicit Sentences(std::size_t expected_size) { text_.reserve(expected_size); }

  // A sentence that names a group's CPUs is like no other; only these repeat.
  void AddOnce(std::string_view sentence) {
    if (sentence.empty() || !said_.insert(sentence).second) return;
    Begin().append(sentence);
  }

  // The text to append a sentence to.
  std::string& Begin() {
    if (!text_.empty()) text_ += ' ';
    return text_;
  }

  std::string Take() && { return std::move(text_); }

 private:
  std::string text_;
  std::set<std::string_view> said_;
};

// What is to be known of the system that ran here, whatever its registers say.
std::string AboutTheSystem(const VirtualizationVerdict& verdict) {
  std::string text;
  const auto add = [&](const std::string& sentence) {
    if (!text.empty()) text += ' ';
    text += sentence;
  };
  if (verdict.partition) {
    add("What is read here passes through " + std::string(verdict.partition->hypervisor) +
        ", which may filter it.");
    if (verdict.partition->has_virtual_cpus) {
      add("A CPU's number here is a virtual CPU's of " + std::string(verdict.partition->name) +
          ", which may run on any of the machine's.");
    }
  }
  if (const auto& provider = verdict.machine.kvm_provider) {
    add("KVM works here through " + *provider +
        ", which needs no hardware virtualization: that guests run says nothing of VT-x or SVM.");
  }
  return text;
}

std::string WithNote(const VirtualizationGroup& group, const std::string& about_the_system) {
  if (group.note.empty() || about_the_system.empty()) return group.note + about_the_system;
  return group.note + ' ' + about_the_system;
}

// Of each group, in their order.
std::vector<std::string> NotesOf(const VirtualizationVerdict& verdict) {
  const std::string about_the_system = AboutTheSystem(verdict);
  std::vector<std::string> notes;
  notes.reserve(verdict.groups.size());
  for (const VirtualizationGroup& group : verdict.groups) {
    notes.push_back(WithNote(group, about_the_system));
  }
  return notes;
}

std::string AboutGuests(const SeenGuests& guests) {
  std::string text;
  if (!guests.ran.empty()) {
    text += fmt::format(" Guests ran on {} by {}.", CpusText(guests.ran), guests.provider);
  }
  if (!guests.proven.empty()) {
    text += fmt::format(" That proves the extension on {}, and not whether its switch is locked.",
                        CpusText(guests.proven));
  }
  if (!guests.refused.empty()) {
    text += fmt::format(" {} could not run one on {}.", guests.provider, CpusText(guests.refused));
  }
  if (!guests.contradicted.empty()) {
    text += fmt::format(
        " That contradicts the registers of {}, which do not allow it: what was read, or what is "
        "known of this KVM, is wrong.",
        CpusText(guests.contradicted));
  }
  return text;
}

std::string Why(const VirtualizationVerdict& verdict) {
  if (verdict.quoted) {
    return "The register that switches it is not recorded; this rests on words: " +
           phrases::Quotation(*verdict.quoted);
  }
  const std::string meaning = Meaning(verdict);
  const std::vector<std::string> notes = NotesOf(verdict);
  Sentences sentences(ExpectedSize(meaning, verdict));
  sentences.AddOnce(meaning);
  for (std::size_t i = 0; i < verdict.groups.size(); ++i) {
    const VirtualizationGroup& group = verdict.groups[i];
    sentences.AddOnce(notes[i]);
    if (group.unread && !phrases::IsKnownInPart(group)) {  // the note says which part
      std::string& text = sentences.Begin();
      text += CpusText(group.cpus);
      text.append(": ").append(Describe(*group.unread)).append(".");
    }
    if (verdict.groups.size() > 1 && !group.attribution_reason.empty()) {
      std::string& text = sentences.Begin();
      text += CpusText(group.cpus);
      AppendAttribution(": set by ", group.attribution, group.attribution_reason, &text);
    }
  }
  sentences.AddOnce(Corroboration(verdict));
  if (verdict.groups.size() == 1 && !verdict.attribution_reason.empty()) {
    AppendAttribution("Set by ", verdict.attribution, verdict.attribution_reason,
                      &sentences.Begin());
  }
  if (!verdict.machine.offline.empty()) {
    sentences.Begin() +=
        fmt::format("{} {} offline and not judged.", CpusText(verdict.machine.offline),
                    verdict.machine.offline.Count() == 1 ? "is" : "are");
  }
  if (verdict.machine.more_cpus) {
    sentences.Begin() += fmt::format(
        "This covers {} of the processor's {} logical CPUs and "
        "answers for {} only.",
        verdict.machine.online.Count() + verdict.machine.offline.Count(),
        *verdict.machine.more_cpus, verdict.machine.online.Count() == 1 ? "that one" : "those");
  }
  return std::move(sentences).Take();
}

}  // namespace

std::string NoteOf(const VirtualizationVerdict& verdict, const VirtualizationGroup& group) {
  return WithNote(group, AboutTheSystem(verdict));
}

std::string Explanation(const VirtualizationVerdict& verdict) {
  std::string text = Why(verdict);
  if (verdict.guests) text += AboutGuests(*verdict.guests);
  return text;
}

}  // namespace vtprobe
