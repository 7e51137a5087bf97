// What is known about a recording besides its registers: where it comes from,
// which kernel ran, what firmware says of itself.
//
// Keys are free; those that the decision engine reads have names here and a
// checked set of values (recorded-msr-dumps/FORMAT.md). Order is kept, so a
// recording is written back as it was read.

#ifndef VTPROBE_HAL_METADATA_H_
#define VTPROBE_HAL_METADATA_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vtprobe {

namespace meta {
inline constexpr std::string_view kProvenance = "provenance";           // live, recorded, synthetic
inline constexpr std::string_view kStage = "stage";                     // pre-os, os, guest
inline constexpr std::string_view kBoot = "boot";                       // cold, warm
inline constexpr std::string_view kSource = "source";                   // path, URL or message id
inline constexpr std::string_view kTool = "tool";                       // who recorded it
inline constexpr std::string_view kTime = "time";                       // RFC 3339, UTC
inline constexpr std::string_view kKernel = "kernel";                   // release, as of uname -r
inline constexpr std::string_view kKvmIntel = "kvm_intel";              // CONFIG_KVM_INTEL: y, m, n
inline constexpr std::string_view kMeasuredLaunch = "measured_launch";  // yes, no
inline constexpr std::string_view kHypervisor = "hypervisor";
inline constexpr std::string_view kFirmwareVendor = "firmware.vendor";
inline constexpr std::string_view kFirmwareVersion = "firmware.version";
inline constexpr std::string_view kFirmwareDate = "firmware.date";
inline constexpr std::string_view kBoard = "board";
inline constexpr std::string_view kMicrocode = "microcode";
inline constexpr std::string_view kLockdown = "lockdown";       // none, integrity, confidentiality
inline constexpr std::string_view kSecureBoot = "secure_boot";  // on, off, setup-mode, legacy-boot
inline constexpr std::string_view kIommuTable = "iommu.table";  // DMAR, IVRS, none
inline constexpr std::string_view kIommuUnits = "iommu.units";  // how many the kernel drives
inline constexpr std::string_view kInterruptRemapping = "interrupt_remapping";  // on, off
inline constexpr std::string_view kSmt = "smt";                                 // on, off, none
// How many CPUs firmware enabled (MADT), and how many the kernel has online.
inline constexpr std::string_view kCpusAnnounced = "cpus.announced";
inline constexpr std::string_view kCpusOnline = "cpus.online";
// Flags of ACPI tables, hexadecimal; of WSMT "none" where there is no such table.
inline constexpr std::string_view kAcpiDmarFlags = "acpi.dmar_flags";
inline constexpr std::string_view kAcpiWsmt = "acpi.wsmt";
// psp.fused_part and so on: 0, 1
inline constexpr std::string_view kPsp = "psp";
inline constexpr std::array<std::string_view, 6> kPspAttributes = {
    "fused_part",  "boot_integrity",       "debug_lock_on",
    "tsme_status", "anti_rollback_status", "rom_armor_enforced"};
inline constexpr std::string_view kSevFirmware = "sev.firmware";  // MAJOR.MINOR.BUILD
inline constexpr std::string_view kSevState = "sev.state";        // uninit, init, working
inline constexpr std::string_view kSnpFirmware = "snp.firmware";
inline constexpr std::string_view kSnpState = "snp.state";             // uninit, init
inline constexpr std::string_view kSnpRmp = "snp.rmp";                 // initialized: yes, no
inline constexpr std::string_view kSnpAliasCheck = "snp.alias_check";  // complete: yes, no
inline constexpr std::string_view kSnpTcb = "snp.tcb";                 // hexadecimal
inline constexpr std::string_view kSnpReportedTcb = "snp.reported_tcb";
// How long SMIs were counted (decimal), how many there were and why a counter was not
// read, each by CPU list: "0-3=0 4=7", "5=general-protection".
inline constexpr std::string_view kSmiWatchedMs = "smi.watched_ms";
inline constexpr std::string_view kSmiGrew = "smi.grew";
inline constexpr std::string_view kSmiUnread = "smi.unread";
// What the kernel says of the TDX module: the word of sysfs, "initialized" for one.
inline constexpr std::string_view kTdxModule = "tdx.module";
// What firmware tells of its security features (HSTI), each as the bytes of a bit mask
// in hexadecimal, the first byte first.
inline constexpr std::string_view kHstiRequired = "hsti.required";
inline constexpr std::string_view kHstiImplemented = "hsti.implemented";
inline constexpr std::string_view kHstiVerified = "hsti.verified";
inline constexpr std::string_view kKvmModule = "kvm.module";  // kvm_intel, kvm_amd, none
// A module of KVM that needs no hardware virtualization: kvm_pvm
inline constexpr std::string_view kKvmProvider = "kvm.provider";
inline constexpr std::string_view kXenFeatures = "xen.features";          // hexadecimal, of dom0
inline constexpr std::string_view kXenCapabilities = "xen.capabilities";  // "hvm-3.0-x86_64 ..."
inline constexpr std::string_view kKvmExtension = "kvm.extension";        // vmx, svm
inline constexpr std::string_view kKvmFeatureMsrs = "kvm.feature_msrs";   // ADDRESS:VALUE, ...
// complete, partial; with kernel_log.1, kernel_log.2 ... for the messages
inline constexpr std::string_view kKernelLog = "kernel_log";
// With .1, .2 ... for what firmware said on its console and programs in their output.
inline constexpr std::string_view kFirmwareLog = "firmware_log";
inline constexpr std::string_view kToolLog = "tool_log";
// "unknown": the numbers of the CPUs, or of the one that the MSRs are of, are not
// known; they stand in the order of what they were read from.
inline constexpr std::string_view kCpuNumbers = "cpu_numbers";
inline constexpr std::string_view kMsrCpu = "msr_cpu";
// Guests that were run beside the reading (hal/proof_record.h).
inline constexpr std::string_view kProof = "proof";
inline constexpr std::string_view kLicence = "licence";
}  // namespace meta

// What should stand in place of a value that a key may not have.
struct InvalidValue {
  std::string_view expected;  // as prose for an error message; lives as long as the program
  std::size_t offset = 0;     // bytes from the start of the value

  friend bool operator==(const InvalidValue&, const InvalidValue&) = default;
};

class Metadata {
 public:
  using Entry = std::pair<std::string, std::string>;

  std::optional<std::string_view> Get(std::string_view key) const;
  // Adds the key, or changes its value in place. The value is made storable:
  // control characters and what is no UTF-8 become blanks, '#', which would
  // start a comment in a dump, becomes U+FF03 (FULLWIDTH NUMBER SIGN), and
  // blanks at both ends go. A value that is empty then is not kept: the key
  // stays as it was.
  void Set(std::string_view key, std::string_view value);
  void Erase(std::string_view key);

  const std::vector<Entry>& entries() const { return entries_; }

  // The values that a key may have, if the value given is none of them; nothing if it is,
  // or if the key is free.
  static std::optional<InvalidValue> WhyInvalid(std::string_view key, std::string_view value);

  friend bool operator==(const Metadata&, const Metadata&) = default;

 private:
  std::vector<Entry> entries_;
};

// Whether the stage is the one before an operating system could change
// anything.
bool IsPreOs(const Metadata& metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_METADATA_H_
