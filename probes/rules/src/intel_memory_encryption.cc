// Encrypted memory, and the ranges that SGX and TDX keep for themselves. Each
// is set by firmware at boot and locked; software can only look.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "alike_cpus.h"
#include "common_rules.h"
#include "rules.h"
#include "tdx.h"
#include "uniformity.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kFeatureControl;
using registers::kMktmeKeyidPartitioning;
using registers::kPrmrrPhysMask;
using registers::kPrmrrValidConfig;
using registers::kSeamrrPhysBase;
using registers::kSeamrrPhysMask;
using registers::kTmeActivate;

constexpr std::string_view kUpdate =
    "Update the firmware, which sets and locks this register on every CPU; if it stays, give the "
    "vendor a recording (vtprobe record).";

constexpr std::string_view kVendorsFault =
    "No setting does this, it is the firmware vendor's fault: update the firmware; if it stays, "
    "report it to the vendor with a recording (vtprobe record).";

constexpr std::string_view kTmeRemedy =
    "Firmware setup: \"Total Memory Encryption\" (TME), then power off completely; if CPUs "
    "differ, update the firmware.";

constexpr std::string_view kTdxRemedy =
    "Firmware setup: \"Trust Domain Extensions\" (TDX) with the \"TDX Key Split\" and \"TME-MT\" "
    "that it needs, or switch all of them off; then power off completely.";

constexpr Requirement kSgxIsOn =
    registers::AllOf(registers::kSgx, registers::Has(kFeatureControl, "SGX"));

constexpr Requirement kSeamrrIsOn = registers::Has(kSeamrrPhysMask, "ENABLE");

SwitchPosition Seamrr(const CheckedCpu& cpu) {
  const auto mask = cpu.Reading(kSeamrrPhysMask);
  if (!mask) return {.odd = NotReadOf(kSeamrrPhysMask, mask.error())};
  if (!kSeamrrPhysMask["ENABLE"].IsSet(*mask)) return {false};
  if (!kSeamrrPhysMask["LOCK"].IsSet(*mask)) {
    return {true, {Outcome::kFail, "SEAMRR are on and not locked.", kVendorsFault}};
  }
  const auto base = cpu.Reading(kSeamrrPhysBase);
  if (!base) return {.odd = NotReadOf(kSeamrrPhysBase, base.error())};
  if (!kSeamrrPhysBase["CONFIGURED"].IsSet(*base)) {
    return {true,
            {Outcome::kFail, "SEAMRR are on, and their base is not configured.", kVendorsFault}};
  }
  return {true};
}

// A trust domain takes a key.
constexpr std::array<Parameter, 2> kKeysParameters = {
    kExpect[0], Parameter{.name = "minimum",
                          .kind = Parameter::Kind::kNumber,
                          .meaning = "keys that TDX has at least, where it has any"}};

// All keys that the module can number. [intel/tdx-module] tdx_global_data.h (MAX_HKIDS)
constexpr std::uint64_t kMaxKeys = 2048;

SwitchPosition Keys(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kMktmeKeyidPartitioning];
  const std::uint64_t keys = kMktmeKeyidPartitioning["NUM_TDX_PRIV_KIDS"].Extract(value);
  const std::uint64_t all = keys + kMktmeKeyidPartitioning["NUM_MKTME_KIDS"].Extract(value);
  if (keys != 0 && all >= kMaxKeys) {
    return {true,
            {.outcome = Outcome::kFail,
             .message = fmt::format("There are {} keys, and a TDX module knows {} at most.", all,
                                    kMaxKeys - 1),
             .remedy = "Firmware setup: have fewer bits of an address name keys (\"TME-MT\"), then "
                       "power off completely.",
             .follows = kUniformMktmeKeyidPartitioning.id}};
  }
  const std::optional<std::uint64_t> minimum = cpu.Number("minimum");
  if (keys == 0 || !minimum || keys >= *minimum) return {.is_on = keys != 0};
  return {true,
          {Outcome::kFail, fmt::format("TDX has {} keys; the profile asks for {}.", keys, *minimum),
           "Firmware setup: give TDX more of the keys (\"TDX Key Split\"), then power off "
           "completely."}};
}

constexpr std::string_view kOwnRule = "a rule of its own judges it";

constexpr LeftOut kTmeLeftOut[] = {{&kTmeActivate,
                                    kTmeActivate["LOCK"].mask() |
                                        kTmeActivate["TME_ENABLE"].mask() |
                                        kTmeActivate["TME_ENCRYPTION_BYPASS_ENABLE"].mask(),
                                    kOwnRule, kTmeActivate.spec, true}};
constexpr LeftOut kSeamrrLeftOut[] = {
    {&kSeamrrPhysBase, kSeamrrPhysBase["CONFIGURED"].mask(), kOwnRule, kSeamrrPhysBase.spec, true},
    {&kSeamrrPhysMask, kSeamrrPhysMask["LOCK"].mask() | kSeamrrPhysMask["ENABLE"].mask(), kOwnRule,
     kSeamrrPhysMask.spec, true}};
constexpr LeftOut kPrmrrLeftOut[] = {
    {&kPrmrrPhysMask, ~kPrmrrPhysMask["MASK"].mask(), kOwnRule, kPrmrrPhysMask.spec, true}};

Opinion PrmrrIsOn(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kPrmrrPhysMask];
  Opinion opinion = ExpectBits(cpu, kPrmrrPhysMask,
                               kPrmrrPhysMask["LOCK"].mask() | kPrmrrPhysMask["VLD"].mask(), 0);
  if (kPrmrrPhysMask["VLD"].IsSet(value)) opinion.remedy = kVendorsFault;
  return opinion;
}

}  // namespace

const Rule kIntelTmeLocked{.id = "intel.tme.locked",
                           .title = "The setting of memory encryption is locked",
                           .spec = kTmeActivate.spec,
                           .severity = Severity::kHigh,
                           .remedy = kUpdate,
                           .msrs = {&kTmeActivate},
                           .check = BitsAre<kTmeActivate, kTmeActivate["LOCK"].mask()>};

const Rule kIntelTmeEnabled{.id = "intel.tme.enabled",
                            .title = "Memory encryption is as expected, on every CPU",
                            .spec = kTmeActivate.spec,
                            .severity = Severity::kMedium,
                            .remedy = kTmeRemedy,
                            .msrs = {&kTmeActivate},
                            .parameters = kExpect,
                            .judge = IsSwitched<kTmeActivate["TME_ENABLE"].mask()>};

const Rule kIntelTmeBypass{
    .id = "intel.tme.not_bypassed",
    .title = "Memory encryption is not bypassed",
    .spec = kTmeActivate.spec,
    .severity = Severity::kMedium,
    .remedy =
        "Firmware setup: disable \"TME Bypass\", which leaves memory without a key of its "
        "own in plain text.",
    .msrs = {&kTmeActivate},
    .check = BitsAre<kTmeActivate, 0, kTmeActivate["TME_ENCRYPTION_BYPASS_ENABLE"].mask()>};

const Rule kUniformTmeActivate{.id = "uniform.ia32_tme_activate",
                               .title = "Memory is encrypted in the same way on every CPU",
                               .spec = kTmeActivate.spec,
                               .severity = Severity::kHigh,
                               .remedy = kUpdate,
                               .msrs = {&kTmeActivate},
                               .left_out = kTmeLeftOut,
                               .judge = IsUniform};

const Rule kUniformTmeCapability{.id = "uniform.ia32_tme_capability",
                                 .title = "Every CPU can encrypt memory in the same way",
                                 .spec = registers::kTmeCapability.spec,
                                 .severity = Severity::kHigh,
                                 .remedy =
                                     "Compare the processors, and update the firmware, which loads "
                                     "their microcode; if it stays, give the vendor a recording "
                                     "(vtprobe record).",
                                 .msrs = {&registers::kTmeCapability},
                                 .judge = IsUniform};

const Rule kIntelTdxSeamrr{.id = "intel.tdx.seamrr",
                           .title = "The range of the TDX module is as expected, on every CPU",
                           .spec = kSeamrrPhysMask.spec,
                           .severity = Severity::kMedium,
                           .remedy = kTdxRemedy,
                           .msrs = {&kSeamrrPhysBase, &kSeamrrPhysMask},
                           .parameters = kExpect,
                           .decides_unread = true,
                           .judge = [](const Rule& rule, const RuleInput& input) {
                             return JudgeOnOff(rule, input, "The range of the TDX module (SEAMRR)",
                                               Seamrr);
                           }};

const Rule kUniformSeamrr{.id = "uniform.ia32_seamrr",
                          .title = "SEAMRR are the same on every CPU",
                          .spec = kSeamrrPhysMask.spec,
                          .severity = Severity::kHigh,
                          .remedy = kUpdate,
                          .msrs = {&kSeamrrPhysBase, &kSeamrrPhysMask},
                          .left_out = kSeamrrLeftOut,
                          .depends_on = "intel.tdx.seamrr",
                          .otherwise = "SEAMRR are off.",
                          .applies = &kSeamrrIsOn,
                          .judge = IsUniform};

const Rule kIntelTdxKeys{.id = "intel.tdx.keys",
                         .title = "TDX has keys of its own, as expected, on every CPU",
                         .spec = kMktmeKeyidPartitioning.spec,
                         .severity = Severity::kMedium,
                         .remedy = kTdxRemedy,
                         .msrs = {&kMktmeKeyidPartitioning},
                         .parameters = kKeysParameters,
                         .depends_on = "intel.tdx.seamrr",
                         .judge = [](const Rule& rule, const RuleInput& input) {
                           return JudgeOnOff(rule, input, "NUM_TDX_PRIV_KIDS", Keys);
                         }};

const Rule kUniformMktmeKeyidPartitioning{.id = "uniform.ia32_mktme_keyid_partitioning",
                                          .title = "Keys are divided alike on every CPU",
                                          .spec = kMktmeKeyidPartitioning.spec,
                                          .severity = Severity::kHigh,
                                          .remedy = kUpdate,
                                          .msrs = {&kMktmeKeyidPartitioning},
                                          .depends_on = "intel.tdx.keys",
                                          .otherwise = kTdxHasNoKeys,
                                          .applies = &kTdxHasKeys,
                                          .judge = IsUniform};

const Rule kIntelSgxPrmrr{
    .id = "intel.sgx.prmrr",
    .title = "The range of SGX's memory is on and locked",
    .spec = kPrmrrPhysMask.spec,
    .severity = Severity::kHigh,
    .remedy = "Firmware setup: give SGX memory (\"PRMRR size\") or switch SGX off.",
    .msrs = {&kPrmrrPhysMask},
    .depends_on = "intel.sgx.enabled",
    .otherwise = "SGX is not on.",
    .applies = &kSgxIsOn,
    .check = PrmrrIsOn};

const Rule kUniformPrmrr{
    .id = "uniform.prmrr",
    .title = "The range of SGX's memory is the same on every CPU",
    .spec = kPrmrrPhysMask.spec,
    .severity = Severity::kHigh,
    .remedy = kUpdate,
    .msrs = {&registers::kPrmrrPhysBase, &kPrmrrPhysMask, &kPrmrrValidConfig,
             &registers::kPrmrrBase0, &registers::kPrmrrBase1, &registers::kPrmrrBase2,
             &registers::kPrmrrBase3, &registers::kPrmrrBase4, &registers::kPrmrrBase5,
             &registers::kPrmrrBase6, &registers::kPrmrrBase7},
    .leaves_out_absent = true,
    .left_out = kPrmrrLeftOut,
    .depends_on = "intel.sgx.enabled",
    .otherwise = "SGX is not on.",
    .applies = &kSgxIsOn,
    .judge = IsUniform};

}  // namespace vtprobe::rules
