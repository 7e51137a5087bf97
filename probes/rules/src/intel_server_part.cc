// What a server says of itself where enclaves or trust domains are to prove to
// others what they are: that its microcode found nothing wrong with what firmware
// set, and that it is no sample and not open for debugging.

#include <fmt/format.h>

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kFeatureControl;
using registers::kPlatformInfo;
using registers::kSgxDebugMode;
using registers::kSgxMcuErrorCode;

constexpr Requirement kSgxIsOn =
    registers::AllOf(registers::kSgx, registers::Has(kFeatureControl, "SGX"));

// Earlier servers have no such bit.
constexpr Requirement kTellsSamples =
    registers::Is(Since(Design::kSapphireRapids) | Since(Design::kSierraForest));

Opinion FoundNothing(const CheckedCpu& cpu) {
  const std::uint64_t error = cpu[kSgxMcuErrorCode];
  if (error == 0) return {};
  return {Outcome::kFail,
          fmt::format("MCHECK refused what firmware set, with error {:#x}: neither SGX nor TDX "
                      "works.",
                      error)};
}

}  // namespace

const Rule kIntelSgxMcheck{
    .id = "intel.sgx.mcheck",
    .title = "The microcode found nothing wrong with what firmware set for SGX",
    .spec = kSgxMcuErrorCode.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup: \"SGX Factory Reset\", and the same memory on every socket; then power "
        "off completely. If it stays, update the firmware.",
    .msrs = {&kSgxMcuErrorCode},
    .fault_means_absent = true,
    .depends_on = "intel.sgx.enabled",
    .otherwise = "SGX is not on.",
    .applies = &kSgxIsOn,
    .check = FoundNothing};

const Rule kIntelSgxDebugMode{
    .id = "intel.sgx.debug_mode",
    .title = "SGX is not open for debugging",
    .spec = kSgxDebugMode.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup: switch off every silicon debug feature (\"Direct Connect Interface\", "
        "\"NPK\"), then power off completely; if it stays, the processor is no production part.",
    .msrs = {&kSgxDebugMode},
    .fault_means_absent = true,
    .check = BitsAre<kSgxDebugMode, 0, kSgxDebugMode["SGX_DEBUG_MODE_STATUS_BIT"].mask()>};

const Rule kIntelProductionPart{
    .id = "intel.production_part",
    .title = "The processor is a production part",
    .spec = "[canonical/tdx] system-report.sh, attestation/check-production.sh",
    .severity = Severity::kMedium,
    .remedy =
        "Replace the processor: a sample proves nothing to those who ask Intel for its "
        "certificate.",
    .msrs = {&kPlatformInfo},
    .otherwise = "These CPUs do not tell samples from production parts.",
    .applies = &kTellsSamples,
    .check = BitsAre<kPlatformInfo, 0, kPlatformInfo["SAMPLE_PART"].mask()>};

}  // namespace vtprobe::rules
