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
  std::string_view words;  // in lower case; "*" stands for anything
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
    // Newer versions say both in a line of their own.
    Row{meta::kFirmwareLog, "vmx status: enabled", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kFirmware, "ia32_feature_control status: locked"},
    Row{meta::kFirmwareLog, "vmx status: disabled", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmware, "ia32_feature_control status: locked"},
    Row{meta::kFirmwareLog, "vmx status: ", Technology::kVtx, State::kUnlocked, Usable::kNotYet,
        Attribution::kFirmware, "ia32_feature_control status: unlocked"},
    // src/security/intel/txt/ramstage.c and romstage.c of [coreboot/coreboot]
    Row{meta::kFirmwareLog, "vmxon outside smx enable: true", Technology::kVtx, State::kEnabled,
        Usable::kYes, Attribution::kFirmware, "register is locked: true"},
    Row{meta::kFirmwareLog, "vmxon outside smx enable: false", Technology::kVtx,
        State::kEnabledInSmxOnly, Usable::kNo, Attribution::kFirmware, "vmxon in smx enable: true"},
    Row{meta::kFirmwareLog, "vmxon outside smx enable: false", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmware, "register is locked: true"},
    // sys/amd64/vmm and sys/x86/x86/identcpu.c of FreeBSD; OpenBSD attaches vmm where
    // the CPU that starts has VT-x or AMD-V switched on.
    Row{meta::kKernelLog, "vmx operation disabled by bios", Technology::kVtx,
        State::kDisabledLocked, Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "vt-x: (disabled in bios)", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmwareOrKernel},
    Row{meta::kKernelLog, "svm: disabled by bios", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kFirmware},
    Row{meta::kKernelLog, "vmm0 at mainbus0: vmx/", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kKernelLog, "vmm0 at mainbus0: svm/", Technology::kSvm, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kKernelLog, "nvmm0: attached, using backend x86-vmx", Technology::kVtx,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    Row{meta::kKernelLog, "nvmm0: attached, using backend x86-svm", Technology::kSvm,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
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
    // src/cpu/virt of fwts, which asks 0x3a for LOCK without bit 2. What it calls enabled
    // may be unlocked as well, and of VM_CR it asks nothing.
    Row{meta::kToolLog, "virtualization extensions supported but disabled by bios",
        Technology::kVtx, State::kDisabledLocked, Usable::kNo, Attribution::kFirmwareOrKernel},
    // Windows: English, German, French, Spanish, Italian and Portuguese. msinfo32 has
    // no colon; a hypervisor that runs is why the line is left out, so that it is not
    // off for one.
    Row{meta::kToolLog, "virtualization enabled in firmware: no", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization enabled in firmware: yes", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization enabled in firmware no", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization enabled in firmware yes", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisierung in firmware aktiviert: nein", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisierung in firmware aktiviert: ja", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme : non", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme : oui", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme: non", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme: oui", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme non", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "dans le microprogramme oui", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "habilitada en el firmware: no", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "habilitada en el firmware: s", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "abilitata nel firmware: no", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "abilitata nel firmware: s", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "habilitada no firmware: n", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "habilitada no firmware: sim", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "hypervrequirementvirtualizationfirmwareenabled : false",
        Technology::kUnknown, State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "hypervrequirementvirtualizationfirmwareenabled : true",
        Technology::kUnknown, State::kEnabled, Usable::kYes, Attribution::kUnknown},
    // Task Manager
    Row{meta::kToolLog, "virtualization: disabled", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualization: enabled", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisierung: deaktiviert", Technology::kUnknown,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisierung: aktiviert", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisation : d", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisation : activ", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisation: d", Technology::kUnknown, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualisation: activ", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    // HWiNFO
    Row{meta::kToolLog, "(vmx)*present, disabled", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "(vmx)*present, enabled", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "(vmx)*supported, disabled", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "(vmx)*supported, enabled", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "(svm)*present, disabled", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "(svm)*present, enabled", Technology::kSvm, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "(svm)*supported, disabled", Technology::kSvm, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "(svm)*supported, enabled", Technology::kSvm, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    // HAXM: its older checktool, and its table, in which "-" is what is wrong
    Row{meta::kToolLog, "vt enabled -- no", Technology::kVtx, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "vt enabled -- yes", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "vmx enabled * no", Technology::kVtx, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "vmx enabled * yes", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "vmx enabled - no", Technology::kVtx, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    // VirtualBox: include/VBox/err.h; VMware Workstation
    Row{meta::kToolLog, "verr_vmx_msr_*disabled", Technology::kVtx, State::kDisabledLocked,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "verr_svm_disabled", Technology::kSvm, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "this host supports intel vt-x, but intel vt-x is disabled",
        Technology::kVtx, State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "this host supports amd-v, but amd-v is disabled", Technology::kSvm,
        State::kDisabledLocked, Usable::kNo, Attribution::kUnknown},
    // esxcfg-info: 2 is off in the BIOS, 3 on; 0 and 1 are not there for this hypervisor
    Row{meta::kToolLog, "hv support.2", Technology::kUnknown, State::kDisabledLocked, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "hv support.3", Technology::kUnknown, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "hv support.1", Technology::kUnknown, State::kUnsupported, Usable::kNo,
        Attribution::kUnknown},
    Row{meta::kToolLog, "hv support.0", Technology::kUnknown, State::kUnsupported, Usable::kNo,
        Attribution::kUnknown},
    // Xen, which uses it
    Row{meta::kToolLog, "hvm: vmx enabled", Technology::kVtx, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "hvm: svm enabled", Technology::kSvm, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    // macOS
    Row{meta::kToolLog, "kern.hv_support: 1", Technology::kUnknown, State::kEnabled, Usable::kYes,
        Attribution::kUnknown},
    Row{meta::kToolLog, "kern.hv_support: 0", Technology::kUnknown, State::kIndeterminate,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "virtualizationfirmwareenabled : true", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    // emulator -accel-check of Android
    Row{meta::kToolLog, "kvm (version *) is installed and usable", Technology::kUnknown,
        State::kEnabled, Usable::kYes, Attribution::kUnknown},
    // kvm-ok. It looks at the kernel's flags, which Linux 5.6 and later also take away
    // where firmware has switched VT-x off: why it can't be used is not known.
    Row{meta::kToolLog, "kvm acceleration can be used", Technology::kUnknown, State::kEnabled,
        Usable::kYes, Attribution::kUnknown},
    Row{meta::kToolLog, "kvm acceleration can not be used", Technology::kUnknown,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "your cpu does not support kvm extensions", Technology::kUnknown,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    // CPUID does not offer it, to a kernel that may be a guest, or the kernel has taken
    // it away.
    Row{meta::kKernelLog, "vmx not supported by cpu", Technology::kVtx, State::kIndeterminate,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kKernelLog, "kvm: no hardware support", Technology::kUnknown, State::kIndeterminate,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kKernelLog, "processor does not support vmx operation", Technology::kVtx,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    Row{meta::kKernelLog, "svm: not available", Technology::kSvm, State::kIndeterminate,
        Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "could not insert 'kvm_intel': operation not supported", Technology::kVtx,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "could not insert 'kvm_amd': operation not supported", Technology::kSvm,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "checking for hardware virtualization : fail", Technology::kUnknown,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
    Row{meta::kToolLog, "kvm virtualisation configured, but not available", Technology::kUnknown,
        State::kIndeterminate, Usable::kNo, Attribution::kUnknown},
};

Speaker SpeakerOf(std::string_view log) {
  if (log == meta::kKernelLog) return Speaker::kKernel;
  return log == meta::kFirmwareLog ? Speaker::kFirmware : Speaker::kProgram;
}

// In lower case, each run of blanks and of dots as one: tables are filled up with
// both.
std::string Plain(std::string_view text) {
  std::string plain;
  for (char c : Lowercase(text)) {
    if (c == '\t') c = ' ';
    if ((c == ' ' || c == '.') && plain.ends_with(c)) continue;
    plain += c;
  }
  return plain;
}

// Whether the text holds the parts of the pattern in their order. "*" stands for
// anything, and for itself.
bool Holds(std::string_view text, std::string_view pattern) {
  while (true) {
    const std::size_t star = pattern.find('*');
    const std::string_view part = pattern.substr(0, star);
    const std::size_t at = text.find(part);
    if (at == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    text.remove_prefix(at + part.size());
    pattern.remove_prefix(star + 1);
  }
}

struct Quoted {
  const Row* row;
  std::string_view words;
};

// The first sentence of the log that holds the words; empty if none does.
std::string_view Find(const Metadata& metadata, std::string_view log, std::string_view words) {
  const std::string prefix = std::string(log) + '.';
  for (const auto& [key, value] : metadata.entries()) {
    if (key.starts_with(prefix) && Holds(Plain(value), words)) return value;
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
