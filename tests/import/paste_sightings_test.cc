// Ways of writing registers that the tests of whole programs' output do not meet.

#include <gtest/gtest.h>

#include "import/paste_support.h"

namespace vtprobe::import {
namespace {

class Sightings : public testing::TestWithParam<PasteCase> {};

TEST_P(Sightings, Become) { ExpectPaste(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Firmware, Sightings,
    testing::Values(
        // src/cpu/intel/common/common_init.c of coreboot
        PasteCase{"CorebootSwitch", "VMX status: enabled\nIA32_FEATURE_CONTROL status: locked\n",
                  "meta stage = pre-os\nmeta cpu_numbers = unknown\n"
                  "meta firmware_log.1 = VMX status: enabled\n"
                  "meta firmware_log.2 = IA32_FEATURE_CONTROL status: locked\n"
                  "cpu 0\nmsr 0x3a = 0x5 known 0x5\n"},
        // src/security/intel/txt/logging.c of coreboot
        PasteCase{"CorebootTxt",
                  "TEE-TXT: VMXON in SMX enable: false\nTEE-TXT: GETSEC (all instructions) is "
                  "enabled: true\n",
                  "meta stage = pre-os\nmeta cpu_numbers = unknown\n"
                  "meta firmware_log.1 = TEE-TXT: VMXON in SMX enable: false\n"
                  "meta firmware_log.2 = TEE-TXT: GETSEC (all instructions) is enabled: "
                  "true\ncpu 0\nmsr 0x3a = 0xff00 known 0xff02\n"},
        // utils/txt-stat.c of tboot
        PasteCase{"TxtStat",
                  "         TXT measured launch: TRUE\n"
                  "         secrets flag set: FALSE\n",
                  "meta measured_launch = yes\n"
                  "meta tool_log.1 = TXT measured launch: TRUE\n"}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Tools, Sightings,
    testing::Values(
        // python/testmsr.py of BITS
        PasteCase{"BitsOfOneCpu", "1 CPU: 3\nMSR 0x3a: 0x5\n", "cpu 3\nmsr 0x3a = 0x5\n"},
        // chipsec/modules/common/ia32cfg.py
        PasteCase{"ChipsecLock",
                  "[*] cpu0: IA32_FEATURE_CONTROL Lock = 1\n"
                  "[*] cpu1: IA32_FEATURE_CONTROL Lock = 0\n",
                  "cpu 0\nmsr 0x3a = 0x1 known 0x1\ncpu 1\nmsr 0x3a = 0x0 known 0x1\n"},
        // setup-tdx-host.sh and check-production.sh of canonical/tdx. NUM_TDX_PRIV_KEYS are bits
        // 63:32 of 0x87, in hexadecimal as rdmsr prints them.
        PasteCase{"TdxReport",
                  "MK_TME_ENABLED bit: 1 (expected value: 1)\n"
                  "SEAM_RR bit: 0 (expected value: 1)\n"
                  "NUM_TDX_PRIV_KEYS: 20\n"
                  "SGX_AND_MCHECK_STATUS: 0 (expected value: 0)\n"
                  "Production platform: Pre-production (expected value: Production)\n",
                  Unknown("cpu 0\nmsr 0x87 = 0x2000000000 known 0xffffffff00000000\n"
                          "msr 0xa0 = 0x0\nmsr 0xce = 0x0 known 0x8000000\n"
                          "msr 0x982 = 0x2 known 0x2\nmsr 0x1401 = 0x0 known 0x800\n")},
        PasteCase{"TdxReportBefore", "HW_ENCRYPT_ENABLE bit: 1\n",
                  Unknown("cpu 0\nmsr 0x982 = 0x2 known 0x2\n")}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Systems, Sightings,
    testing::Values(
        PasteCase{"KernelsFirstLine",
                  "[    0.000000] Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)\n"
                  "[    0.3] x86/cpu: VMX (outside TXT) disabled by BIOS\n",
                  "meta kernel = 6.1.0-18-amd64\nmeta kernel_log = partial\n"
                  "meta kernel_log.1 = x86/cpu: VMX (outside TXT) disabled by BIOS\n"},
        PasteCase{"Lscpu",
                  "Vendor ID:                GenuineIntel\n  CPU family:             6\n"
                  "  Model:                  158\n  Stepping:               10\n",
                  Unknown("cpu 0\ncpuid 0x0.0x0 = - 0x756e6547 0x6c65746e 0x49656e69\n"
                          "cpuid 0x1.0x0 = 0x906ea - - -\n")},
        PasteCase{"LscpuInFrench",
                  "Identifiant constructeur :                GenuineIntel\n"
                  "Famille de processeur :                   6\n"
                  "Mod\xc3\xa8le :                                 158\n"
                  "R\xc3\xa9vision :                               10\n",
                  Unknown("cpu 0\ncpuid 0x0.0x0 = - 0x756e6547 0x6c65746e 0x49656e69\n"
                          "cpuid 0x1.0x0 = 0x906ea - - -\n")},
        // sys/x86/x86/identcpu.c of FreeBSD: leaf 7, EDX
        PasteCase{"FreeBsdStructuredFeatures",
                  "  Structured Extended Features3=0x20000000<ARCH_CAP>\n",
                  Unknown("cpu 0\ncpuid 0x7.0x0 = - - - 0x20000000\n")},
        PasteCase{"SentenceInLinuxsName", "The IA32_FEAT_CTL is set to 0x1\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x1\n")}),
    NameOfPaste);

}  // namespace
}  // namespace vtprobe::import
