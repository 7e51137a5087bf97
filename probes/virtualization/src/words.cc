#include "words.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/lowercase.h"

namespace vtprobe {
namespace {

struct Row {
  std::string_view log;    // the metadata key, without ".N"
  std::string_view words;  // in lower case
  Technology technology;
  State state;
  Usable usable;
  Attribution attribution;
  std::string_view also = {};  // words of the same log that must stand too
};

// The surest first. What a kernel finds locked off, firmware or a kernel before
// it may have locked; SVMDIS is set by firmware alone (attribution.cc).
// arch/x86/kernel/cpu/{feat_ctl,amd}.c, arch/x86/kvm of [linux];
// src/cpu/intel/common of [coreboot/coreboot]. "Nested Paging enabled" is none of
// them: kvm_amd says it before it asks each CPU.
constexpr std::array kRows = {
    Row{meta::kKernelLog, "vmx (outside txt) disabled by bios", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "vmx (inside txt) disabled by bios", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "vmx not enabled (by bios)", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "svm disabled (by bios)", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmware},
    Row{meta::kKernelLog, "support for 'kvm_intel' disabled by bios", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "support for 'kvm_amd' disabled by bios", Technology::kSvm,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmware},
    Row{meta::kKernelLog, "kvm: disabled by bios", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmwareOrKernel},
    // It has found the CPU usable that loads the module, and then another that is
    // not.
    Row{meta::kKernelLog, "vmx is disabled on cpu", Technology::kVtx, State::kInconsistent,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kKernelLog, "feature inconsistency", Technology::kVtx, State::kInconsistent,
        Usable::kNo, Attribution::kUnknown},
    // The CPU is the one that loads the module, and says nothing of others. The
    // kernel takes the feature away where SVMDIS is set.
    Row{meta::kKernelLog, "svm not supported by cpu", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kFirmwareLog, "vmx status: enabled, locked", Technology::kVtx, State::kEnabled,
        Usable::kYes, Attribution::kFirmware},
    Row{meta::kFirmwareLog, "vmx status: disabled, locked", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmware},
    Row{meta::kFirmwareLog, "vmx status: enabled, unlocked", Technology::kVtx, State::kUnlocked,
        Usable::kNotYet, Attribution::kFirmware},
    Row{meta::kFirmwareLog, "vmx status: disabled, unlocked", Technology::kVtx, State::kUnlocked,
        Usable::kNotYet, Attribution::kFirmware},
    // src/security/intel/txt/ramstage.c and romstage.c of [coreboot/coreboot]
    Row{meta::kFirmwareLog, "vmxon outside smx enable: true", Technology::kVtx, State::kEnabled,
        Usable::kYes, Attribution::kFirmware, "register is locked: true"},
    Row{meta::kFirmwareLog, "vmxon outside smx enable: false", Technology::kVtx,
        State::kEnabledInSmxOnly, Usable::kNo, Attribution::kFirmware, "vmxon in smx enable: true"},
    Row{meta::kFirmwareLog, "vmxon outside smx enable: false", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmware, "register is locked: true"},
    Row{meta::kToolLog, "vmx: disabled by bios", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kToolLog, "vmx disabled by bios", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kToolLog, "svm disabled by bios", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmware},
    Row{meta::kToolLog, "kvm (vmx) is disabled by your bios", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "kvm (svm) is disabled by your bios", Technology::kSvm,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization enabled in firmware: no", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization enabled in firmware: yes", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "vt enabled -- no", Technology::kVtx, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "vt enabled -- yes", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "kvm acceleration can be used", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
};

Speaker SpeakerOf(std::string_view log) {
  if (log == meta::kKernelLog) return Speaker::kKernel;
  return log == meta::kFirmwareLog ? Speaker::kFirmware : Speaker::kProgram;
}

// In lower case, each run of blanks as one.
std::string Plain(std::string_view text) {
  std::string plain;
  for (const char c : Lowercase(text)) {
    const bool is_blank = c == ' ' || c == '\t';
    if (is_blank && !plain.empty() && plain.back() == ' ') continue;
    plain += is_blank ? ' ' : c;
  }
  return plain;
}

struct Quoted {
  const Row* row;
  std::string_view words;
};

// The first sentence of the log that holds the words; empty if none does.
std::string_view Find(const Metadata& metadata, std::string_view log, std::string_view words) {
  const std::string prefix = std::string(log) + '.';
  for (const auto& [key, value] : metadata.entries()) {
    if (key.starts_with(prefix) && Plain(value).find(words) != std::string::npos) return value;
  }
  return {};
}

std::optional<Quoted> FindQuoted(const Metadata& metadata) {
  for (const Row& row : kRows) {
    const std::string_view words = Find(metadata, row.log, row.words);
    if (words.empty()) continue;
    if (row.also.empty() || !Find(metadata, row.log, row.also).empty()) return Quoted{&row, words};
  }
  return std::nullopt;
}

}  // namespace

void DecideByWords(const Metadata& metadata, VirtualizationVerdict* verdict) {
  if (verdict->state != State::kIndeterminate) return;
  const auto quoted = FindQuoted(metadata);
  if (!quoted) return;
  const Row& row = *quoted->row;
  // Words about the other maker's extension are of another machine.
  const bool is_other = verdict->technology != Technology::kUnknown &&
                        row.technology != Technology::kUnknown &&
                        verdict->technology != row.technology;
  if (is_other) return;
  if (row.technology != Technology::kUnknown) verdict->technology = row.technology;
  verdict->state = row.state;
  verdict->usable = row.usable;
  verdict->attribution = row.attribution;
  verdict->quoted = QuotedWords{SpeakerOf(row.log), std::string(quoted->words)};
  verdict->attribution_reason =
      std::string(Name(verdict->quoted->speaker)) + " says so, not a register";
}

}  // namespace vtprobe
