// Encrypted memory, and the ranges that SGX and TDX keep for themselves. Each
// is set by firmware at boot and locked; software can only look.

#include "rules.h"
#include "shapes.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kFeatureControl;
using registers::kMktmeKeyidPartitioning;
using registers::kMtrrCap;
using registers::kPrmrrPhysMask;
using registers::kPrmrrValidConfig;
using registers::kSeamrrPhysBase;
using registers::kSeamrrPhysMask;
using registers::kTmeActivate;

constexpr std::string_view kUpdate =
    "Update the firmware, which sets and locks this register on every CPU; if it stays, give the "
    "vendor a recording (vtprobe record).";

constexpr std::string_view kTmeRemedy =
    "Firmware setup: \"Total Memory Encryption\" (TME), then power off completely; if CPUs "
    "differ, update the firmware.";

constexpr std::string_view kTdxRemedy =
    "Firmware setup: \"Trust Domain Extensions\" (TDX) with the \"TDX Key Split\" and \"TME-MT\" "
    "that it needs, or switch all of them off; then power off completely.";

Presence SgxIsOn(const RegisterView& cpu) {
  return registers::AllOf({registers::AnyOf(cpu, {registers::kSgx}),
                           registers::HasBit(cpu, kFeatureControl, kFeatureControl["SGX"])});
}

Presence TdxHasKeys(const RegisterView& cpu) {
  return registers::HasBit(cpu, kMktmeKeyidPartitioning,
                           kMktmeKeyidPartitioning["NUM_TDX_PRIV_KIDS"]);
}

Presence SeamrrIsOn(const RegisterView& cpu) {
  return registers::HasBit(cpu, kSeamrrPhysMask, kSeamrrPhysMask["ENABLE"]);
}

SwitchPosition Seamrr(const CheckedCpu& cpu) {
  const std::uint64_t mask = cpu[kSeamrrPhysMask];
  const bool on = kSeamrrPhysMask["ENABLE"].IsSet(mask);
  if (!on) return {false, {}};
  if (!kSeamrrPhysMask["LOCK"].IsSet(mask)) {
    return {true, {Outcome::kFail, "SEAMRR are on and not locked."}};
  }
  if (!kSeamrrPhysBase["CONFIGURED"].IsSet(cpu[kSeamrrPhysBase])) {
    return {true, {Outcome::kFail, "SEAMRR are on, and their base is not configured."}};
  }
  return {true, {}};
}

std::vector<Finding> AllBitsUniform(const Rule& rule, const RuleInput& input) {
  return JudgeAllUniform(rule, input,
                         [](const RegisterView&, const MsrDef&) { return ~std::uint64_t{0}; });
}

// What the rules below judge.
constexpr std::uint64_t kTmeJudged = kTmeActivate["LOCK"].mask() |
                                     kTmeActivate["TME_ENABLE"].mask() |
                                     kTmeActivate["TME_ENCRYPTION_BYPASS_ENABLE"].mask();

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
                               .judge = IsUniform<~kTmeJudged>};

const Rule kIntelTdxSeamrr{.id = "intel.tdx.seamrr",
                           .title = "The range of the TDX module is as expected, on every CPU",
                           .spec = kSeamrrPhysMask.spec,
                           .severity = Severity::kMedium,
                           .remedy = kTdxRemedy,
                           .msrs = {&kSeamrrPhysBase, &kSeamrrPhysMask},
                           .gates = {&kMtrrCap},
                           .parameters = kExpect,
                           .judge = [](const Rule& rule, const RuleInput& input) {
                             return JudgeOnOff(rule, input, "The range of the TDX module (SEAMRR)",
                                               Seamrr);
                           }};

const Rule kUniformSeamrr{
    .id = "uniform.ia32_seamrr",
    .title = "SEAMRR are the same on every CPU",
    .spec = kSeamrrPhysMask.spec,
    .severity = Severity::kHigh,
    .remedy = kUpdate,
    .msrs = {&kSeamrrPhysBase, &kSeamrrPhysMask},
    .gates = {&kMtrrCap},
    .applies = SeamrrIsOn,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeAllUniform(rule, input, [](const RegisterView&, const MsrDef& msr) {
        return msr.fields.Find("LOCK") == nullptr
                   ? ~kSeamrrPhysBase["CONFIGURED"].mask()
                   : ~(kSeamrrPhysMask["LOCK"].mask() | kSeamrrPhysMask["ENABLE"].mask());
      });
    }};

const Rule kIntelTdxKeys{.id = "intel.tdx.keys",
                         .title = "TDX has keys of its own, as expected, on every CPU",
                         .spec = kMktmeKeyidPartitioning.spec,
                         .severity = Severity::kMedium,
                         .remedy = kTdxRemedy,
                         .msrs = {&kMktmeKeyidPartitioning},
                         .gates = {&kMtrrCap},
                         .parameters = kExpect,
                         .judge = IsSwitched<kMktmeKeyidPartitioning["NUM_TDX_PRIV_KIDS"].mask()>};

const Rule kUniformMktmeKeyidPartitioning{.id = "uniform.ia32_mktme_keyid_partitioning",
                                          .title = "Keys are divided alike on every CPU",
                                          .spec = kMktmeKeyidPartitioning.spec,
                                          .severity = Severity::kHigh,
                                          .remedy = kUpdate,
                                          .msrs = {&kMktmeKeyidPartitioning},
                                          .gates = {&kMtrrCap},
                                          .applies = TdxHasKeys,
                                          .judge = AllBitsUniform};

const Rule kIntelSgxPrmrr{
    .id = "intel.sgx.prmrr",
    .title = "The range of SGX's memory is on and locked",
    .spec = kPrmrrPhysMask.spec,
    .severity = Severity::kHigh,
    .remedy = "Firmware setup: give SGX memory (\"PRMRR size\") or switch SGX off.",
    .msrs = {&kPrmrrPhysMask},
    .gates = {&kFeatureControl, &kMtrrCap},
    .applies = SgxIsOn,
    .check = BitsAre<kPrmrrPhysMask, kPrmrrPhysMask["LOCK"].mask() | kPrmrrPhysMask["VLD"].mask()>};

const Rule kUniformPrmrr{
    .id = "uniform.prmrr",
    .title = "The range of SGX's memory is the same on every CPU",
    .spec = kPrmrrPhysMask.spec,
    .severity = Severity::kHigh,
    .remedy = kUpdate,
    .msrs = {&kPrmrrPhysMask, &kPrmrrValidConfig},
    .gates = {&kFeatureControl, &kMtrrCap},
    .applies = SgxIsOn,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeAllUniform(rule, input, [](const RegisterView&, const MsrDef& msr) {
        return &msr == &kPrmrrValidConfig ? ~std::uint64_t{0} : kPrmrrPhysMask["MASK"].mask();
      });
    }};

}  // namespace vtprobe::rules
