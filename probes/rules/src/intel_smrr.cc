// SMRR hide SMM's memory from everything but SMM. Firmware must switch them on
// with write-back caching, on every CPU, and make them cover all of SMRAM. How
// much they cover follows from the mask alone: an address is covered if it
// agrees with the base in all bits that the mask sets.

#include <fmt/format.h>

#include <optional>
#include <string>

#include "alike_cpus.h"
#include "common_rules.h"
#include "rules.h"
#include "tdx.h"
#include "uniformity.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kMtrrCap;
using registers::kSmrr2PhysBase;
using registers::kSmrr2PhysMask;
using registers::kSmrrPhysBase;
using registers::kSmrrPhysMask;

constexpr std::uint64_t kWriteBack = 6;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
// SMRAM of today's firmware is 8 MiB and more; what lies beyond a smaller range
// is open to other CPUs' caches.
constexpr std::uint64_t kUsualMiB = 8;

constexpr std::string_view kRemedy =
    "Update the firmware, which alone can set SMRR; if it stays, give the vendor a recording "
    "(vtprobe record).";

// Bytes; the lowest bit that the mask of addresses sets.
std::uint64_t SizeOf(std::uint64_t mask) { return mask & ~(mask - 1); }

std::string InMiB(std::uint64_t bytes) {
  return bytes % kMiB == 0 ? fmt::format("{} MiB", bytes / kMiB)
                           : fmt::format("{} KiB", bytes / 1024);
}

constexpr Requirement kIsValid = registers::Has(kSmrrPhysMask, "VALID");

constexpr Requirement kCanBeLocked =
    registers::AllOf(registers::Has(kMtrrCap, "SMRR_LOCK"), kIsValid);

Opinion IsOn(const CheckedCpu& cpu) {
  const auto mask = cpu.Reading(kSmrrPhysMask);
  if (mask && !kSmrrPhysMask["VALID"].IsSet(*mask)) {
    return {Outcome::kFail, "SMRR are off: SMM's memory is not protected from other software."};
  }
  const auto base = cpu.Reading(kSmrrPhysBase);
  if (!base) return NotReadOf(kSmrrPhysBase, base.error());
  const std::uint64_t type = kSmrrPhysBase["TYPE"].Extract(*base);
  if (type == kWriteBack) return mask ? Opinion{} : NotReadOf(kSmrrPhysMask, mask.error());
  return {Outcome::kFail, fmt::format("SMRR's memory type is {}{}, and should be 6 (write-back).",
                                      type, type == 0 ? " (uncacheable)" : "")};
}

// Of a pair of base and mask, by that name.
Opinion IsOneRange(const CheckedCpu& cpu, const MsrDef& base_msr, const MsrDef& mask_msr,
                   std::string_view name) {
  const std::uint64_t field = mask_msr.fields.Find("PHYSMASK")->mask();
  const auto mask_reading = cpu.Reading(mask_msr);
  if (!mask_reading) return NotReadOf(mask_msr, mask_reading.error());
  const std::uint64_t mask = *mask_reading & field;
  if (mask == 0) {
    return {Outcome::kFail,
            fmt::format("{}'s mask is 0: all memory below 4 GiB is taken away.", name)};
  }
  const std::uint64_t size = SizeOf(mask);
  if (mask != (field & ~(size - 1))) {
    return {Outcome::kFail,
            fmt::format("{}'s mask {:#x} has holes: the range is not one piece.", name, mask)};
  }
  const auto base_reading = cpu.Reading(base_msr);
  if (!base_reading) return NotReadOf(base_msr, base_reading.error());
  const std::uint64_t base = *base_reading & base_msr.fields.Find("PHYSBASE")->mask();
  if ((base & (size - 1)) == 0) return {};
  return {Outcome::kFail, fmt::format("{}'s base {:#x} is not a multiple of its size, {}.", name,
                                      base, InMiB(size))};
}

// Of the first pair, and of the second if it is there and in use.
Opinion IsAligned(const CheckedCpu& cpu) {
  Opinion first = IsOneRange(cpu, kSmrrPhysBase, kSmrrPhysMask, "SMRR");
  if (first.outcome == Outcome::kFail ||
      registers::PresenceOf(cpu.registers(), kSmrr2PhysMask) == Presence::kAbsent) {
    return first;
  }
  const auto mask = cpu.Reading(kSmrr2PhysMask);
  if (mask && !kSmrr2PhysMask["VALID"].IsSet(*mask)) return first;
  Opinion second = IsOneRange(cpu, kSmrr2PhysBase, kSmrr2PhysMask, "SMRR2");
  return second.outcome == Outcome::kPass ? first : second;
}

Opinion IsLargeEnough(const CheckedCpu& cpu) {
  const std::uint64_t size = SizeOf(cpu[kSmrrPhysMask] & kSmrrPhysMask["PHYSMASK"].mask());
  const std::optional<std::uint64_t> minimum = cpu.Number("minimum_mib");
  // A profile's number may be larger than any number of bytes.
  if (minimum && size / kMiB < *minimum) {
    return {Outcome::kFail,
            fmt::format("SMRR cover {}; the profile asks for {} MiB.", InMiB(size), *minimum)};
  }
  if (!minimum && size < kUsualMiB * kMiB) {
    return {Outcome::kWarn,
            fmt::format("SMRR cover {}, less than the {} MiB that SMM's memory has as a rule.",
                        InMiB(size), kUsualMiB)};
  }
  return {Outcome::kPass, fmt::format("SMRR cover {}.", InMiB(size))};
}

// Of the first pair, and of the second if there is one. A TDX module refuses a
// second one that is open even if nothing uses it.
Opinion AreLocked(const CheckedCpu& cpu) {
  std::string open;
  std::optional<Opinion> unread;
  for (const MsrDef* const msr : {&kSmrrPhysMask, &kSmrr2PhysMask}) {
    if (registers::PresenceOf(cpu.registers(), *msr) == Presence::kAbsent) continue;
    const auto mask = cpu.Reading(*msr);
    if (!mask) {
      if (!unread) unread = NotReadOf(*msr, mask.error());
      continue;
    }
    const bool is_valid = msr->fields.Find("VALID")->IsSet(*mask);
    const bool matters =
        is_valid || registers::Meets(cpu.registers(), kTdxHasKeys) == Presence::kPresent;
    if (!matters || msr->fields.Find("LOCK")->IsSet(*mask)) continue;
    open += fmt::format("{}{}", open.empty() ? "" : " and ", msr->name);
  }
  if (!open.empty()) {
    return {Outcome::kFail,
            fmt::format("{}: LOCK is 0, and IA32_MTRRCAP says that there is a lock.", open)};
  }
  return unread.value_or(Opinion{});
}

constexpr LeftOut kLeftOut[] = {{&kSmrrPhysBase, kSmrrPhysBase["TYPE"].mask(),
                                 "intel.smrr.enabled judges it", kSmrrPhysBase.spec, true},
                                {&kSmrrPhysMask, kSmrrPhysMask["VALID"].mask(),
                                 "intel.smrr.enabled judges it", kSmrrPhysMask.spec, true},
                                {&kSmrrPhysMask, kSmrrPhysMask["LOCK"].mask(),
                                 "intel.smrr.locked judges it", kSmrrPhysMask.spec, true},
                                {&kSmrr2PhysMask, kSmrr2PhysMask["LOCK"].mask(),
                                 "intel.smrr.locked judges it", kSmrr2PhysMask.spec, true}};

constexpr Parameter kMinimum[] = {{.name = "minimum_mib",
                                   .kind = Parameter::Kind::kNumber,
                                   .meaning = "MiB that SMRR have to cover at least"}};

}  // namespace

const Rule kIntelSmrrEnabled{.id = "intel.smrr.enabled",
                             .title = "SMRR protect SMM's memory",
                             .spec = "[intel/sdm-vol3] 32.4.2.1",
                             .severity = Severity::kHigh,
                             .remedy = kRemedy,
                             .msrs = {&kSmrrPhysBase, &kSmrrPhysMask},
                             .decides_unread = true,
                             .check = IsOn};

const Rule kIntelSmrrAligned{
    .id = "intel.smrr.aligned",
    .title = "SMRR are one range whose base fits its size",
    .spec =
        "[intel/sdm-vol3] 32.4.2.1, 12.11.3, [intel/tdx-module] "
        "src/vmm_dispatcher/api_calls/tdh_sys_init.c",
    .severity = Severity::kHigh,
    .remedy = kRemedy,
    .msrs = {&kSmrrPhysBase, &kSmrrPhysMask, &kSmrr2PhysBase, &kSmrr2PhysMask},
    .leaves_out_absent = true,
    .decides_unread = true,
    .depends_on = "intel.smrr.enabled",
    .otherwise = "SMRR are off.",
    .applies = &kIsValid,
    .check = IsAligned};

const Rule kIntelSmrrSize{.id = "intel.smrr.size",
                          .title = "SMRR cover all of SMM's memory",
                          .spec = "[intel/sdm-vol3] 32.4.2.1",
                          .severity = Severity::kMedium,
                          .remedy =
                              "Compare with TSEG's size in firmware setup or in the chipset; "
                              "SMRR have to cover all of it. Only firmware can change it.",
                          .msrs = {&kSmrrPhysMask},
                          .parameters = kMinimum,
                          .depends_on = "intel.smrr.enabled",
                          .otherwise = "SMRR are off.",
                          .applies = &kIsValid,
                          .check = IsLargeEnough};

const Rule kIntelSmrrLocked{
    .id = "intel.smrr.locked",
    .title = "SMRR are locked where they can be",
    .spec =
        "[intel/tdx-module] src/common/helpers/smrrs.h, [coreboot/coreboot] "
        "src/include/cpu/x86/mtrr.h",
    .severity = Severity::kHigh,
    .remedy = kRemedy,
    .msrs = {&kSmrrPhysMask, &kSmrr2PhysMask},
    .also = {&registers::kMktmeKeyidPartitioning},
    .leaves_out_absent = true,
    .decides_unread = true,
    .depends_on = "intel.smrr.enabled",
    .otherwise = "SMRR are off, or have no lock (IA32_MTRRCAP.SMRR_LOCK is 0).",
    .applies = &kCanBeLocked,
    .check = AreLocked};

const Rule kUniformSmrr{.id = "uniform.ia32_smrr",
                        .title = "SMRR are the same on every CPU",
                        .spec = "[intel/sdm-vol3] 32.4.2.1",
                        .severity = Severity::kHigh,
                        .remedy = kRemedy,
                        .msrs = {&kSmrrPhysBase, &kSmrrPhysMask, &kSmrr2PhysBase, &kSmrr2PhysMask},
                        .leaves_out_absent = true,
                        .left_out = kLeftOut,
                        .depends_on = "intel.smrr.enabled",
                        .otherwise = "SMRR are off.",
                        .applies = &kIsValid,
                        .judge = IsUniform};

}  // namespace vtprobe::rules
