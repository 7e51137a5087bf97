// What programs print, as people paste it. The layouts are those of the programs,
// the values are made up here or from the manuals.

#include <gtest/gtest.h>

#include "import/paste_support.h"

namespace vtprobe::import {
namespace {

class PasteOf : public testing::TestWithParam<PasteCase> {};

TEST_P(PasteOf, Becomes) { ExpectPaste(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Programs, PasteOf,
    testing::Values(
        PasteCase{"CpuidAndRdmsr",
                  "$ cpuid -1 -r\nCPU:\n   0x00000001 0x00: eax=0x000306c3 ebx=0x00100800 "
                  "ecx=0x7ffafbbf edx=0xbfebfbff\n$ sudo rdmsr 0x3a\n1\n",
                  Unknown("cpu 0\ncpuid 0x1.0x0 = 0x306c3 0x100800 0x7ffafbbf 0xbfebfbff\n"
                          "msr 0x3a = 0x1\n")},
        PasteCase{"ABrokenLeaf",
                  "CPU 3:\n   0x00000001 0x00: eax=0x000306c3 ebx=0x00100800 "
                  "ecx=0x7ffafbbf\nedx=0xbfebfbff\n",
                  "cpu 3\ncpuid 0x1.0x0 = 0x306c3 0x100800 0x7ffafbbf 0xbfebfbff\n"},
        PasteCase{"Inteltool",
                  "======================= SHARED MSRs (All Cores) =======================\n"
                  " MSR 0x000000CE = 0x00080838:0xF3011D00 (MSR_PLATFORM_INFO)\n"
                  "====================== UNIQUE MSRs  (core 0) ======================\n"
                  " MSR 0x0000003A = 0x00000000:0x0000FF07 (IA32_FEATURE_CONTROL)\n"
                  "====================== UNIQUE MSRs  (core 1) ======================\n"
                  " MSR 0x0000003A = 0x00000000:0x00000005 (IA32_FEATURE_CONTROL)\n",
                  "cpu 0\nmsr 0x3a = 0xff07\nmsr 0xce = 0x80838f3011d00\n"
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"Cpucontrol",
                  "# cpucontrol -m 0x3a /dev/cpuctl0\nMSR 0x3a: 0x00000001 0x00000005\n",
                  "cpu 0\nmsr 0x3a = 0x100000005\n"},
        PasteCase{"CpucontrolOfTwoCpus",
                  "root@fbsd:~ # cpucontrol -m 0x3a /dev/cpuctl0\nMSR 0x3a: 0x00000000 0x00000005\n"
                  "root@fbsd:~ # cpucontrol -m 3a /dev/cpuctl1\nMSR 0x3a: 0x00000000 0x00000001\n",
                  "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
        PasteCase{"CpucontrolInALoop",
                  "# for i in 2 3; do cpucontrol -m 0x3a /dev/cpuctl$i; done\n"
                  "MSR 0x3a: 0x00000000 0x00000005\nMSR 0x3a: 0x00000000 0x00000001\n",
                  "cpu 2\nmsr 0x3a = 0x5\ncpu 3\nmsr 0x3a = 0x1\n"},
        PasteCase{"CpucontrolOfAllDevices",
                  "# for c in /dev/cpuctl*; do cpucontrol -m 0x3a $c; done\n"
                  "MSR 0x3a: 0x00000000 0x00000005\nMSR 0x3a: 0x00000000 0x00000001\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n")},
        PasteCase{
            "X86infoCountsFromOne",
            "x86info v1.31pre\nFound 2 CPUs.\nCPU #1:\nMSR: 0x0000003a=0x0000000000000005 : 0\n"
            "CPU #2:\nMSR: 0x0000003a=0x0000000000000001 : 0\n",
            "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
        PasteCase{"BytesMostSignificantFirst", "msr[0x0000ce]=00 00 10 00 70 01 21 00\n",
                  Unknown("cpu 0\nmsr 0xce = 0x100070012100\n")},
        PasteCase{"AMonitorsTables",
                  " CPU Thread: 5\n\n Function  EAX       EBX       ECX       EDX\n"
                  " 00000001  000306C3  04100800  7FFAFBBF  BFEBFBFF\n\nMSR Core #2\n\n"
                  " MSR       EDX       EAX\n C0010015  00000001  89000011\n",
                  Unknown("cpu 2\nmsr 0xc0010015 = 0x189000011\n"
                          "cpu 5\ncpuid 0x1.0x0 = 0x306c3 0x4100800 0x7ffafbbf 0xbfebfbff\n"),
                  {"numbers cores from 1"}},
        PasteCase{"Chipsec",
                  "[cpu] CPUID in : EAX=0x00000001, ECX=0x00000000\n"
                  "[cpu] CPUID out: EAX=0x000406C4, EBX=0x00100800, ECX=0x43D8E3BF, "
                  "EDX=0xBFEBFBFF\n"
                  "[cpu0] RDMSR( 0xfe ): EAX = 0x00001D08, EDX = 0x00000001\n"
                  "[*] IA32_SMRR_PHYSBASE = 0x7C400006 << SMRR Base Address MSR (MSR 0x1F2 Thread "
                  "0x1)\n"
                  "[CPU2] SMRR_PHYSBASE = 0000000088400004, SMRR_PHYSMASK = 00000000FFC00800\n",
                  "cpu 0\ncpuid 0x1.0x0 = 0x406c4 0x100800 0x43d8e3bf 0xbfebfbff\n"
                  "msr 0xfe = 0x100001d08\ncpu 1\nmsr 0x1f2 = 0x7c400006\n"
                  "cpu 2\nmsr 0x1f2 = 0x88400004\nmsr 0x1f3 = 0xffc00800\n"},
        PasteCase{"ChipsecUtil",
                  "[CHIPSEC] CPU0: RDMSR( 0x3a ) = 0000000000000005 (EAX=00000005, EDX=00000000)\n"
                  "[CHIPSEC] CPU1: RDMSR( 0x3a ) = 0000000000000001 (EAX=00000001, EDX=00000000)\n",
                  "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
        PasteCase{"Bits",
                  "3 CPUs: 0-1,5\nMSR 0x3a: 0x5\nMSR 0x480: 0x12\n1 CPUs: 2\nMSR 0x3a: 0x1\n",
                  "cpu 0-1,5\nmsr 0x3a = 0x5\nmsr 0x480 = 0x12\ncpu 2\nmsr 0x3a = 0x1\n"},
        PasteCase{"TbootsValue", "TBOOT: ERR: SENTER disabled by feature control MSR (5)\n",
                  "meta measured_launch = no\nmeta cpu_numbers = unknown\n"
                  "meta firmware_log.1 = TBOOT: ERR: SENTER disabled by feature control MSR (5)\n"
                  "cpu 0\nmsr 0x3a = 0x5\n"},
        PasteCase{"AppleIntelInfo",
                  "MSR_PMG_CST_CONFIG_CONTROL.(0xE2)  : 0x1E000403\n"
                  "IA32_ENERGY_PERF_BIAS......(0x1B0) : 0x0\n",
                  Unknown("cpu 0\nmsr 0xe2 = 0x1e000403\nmsr 0x1b0 = 0x0\n")},
        PasteCase{"ASetOfValues", "SYSCFG, 0xC0010010, {'3fc0000'}\n",
                  Unknown("cpu 0\nmsr 0xc0010010 = 0x3fc0000\n")},
        PasteCase{"Tboot", "TBOOT: IA32_FEATURE_CONTROL_MSR: 0000ff07\n",
                  Unknown("cpu 0\nmsr 0x3a = 0xff07\n")},
        PasteCase{"TestSgx",
                  "Raw IA32_FEATURE_CONTROL: 0000000000060001\n"
                  "Extended feature bits (EAX=07H, ECX=0H)\neax: 0 ebx: 29c6fbf ecx: 0 edx: 1\n",
                  Unknown("cpu 0\ncpuid 0x7.0x0 = 0x0 0x29c6fbf 0x0 0x1\nmsr 0x3a = 0x60001\n")},
        PasteCase{"TurbostatWithIdentity",
                  "turbostat version 20.03.20 - Len Brown\n"
                  "CPUID(0): GenuineIntel 0x1b CPUID levels; 0x80000008 xlevels;\n"
                  "family:model:stepping 0x6:7e:5 (6:126:5)\n"
                  "cpu2: MSR_IA32_FEATURE_CONTROL: 0x00020005 (Locked )\n",
                  "meta tool = turbostat version 20.03.20\n"
                  "cpu 2\ncpuid 0x0.0x0 = 0x1b 0x756e6547 0x6c65746e 0x49656e69\n"
                  "cpuid 0x1.0x0 = 0x706e5 - - -\ncpuid 0x80000000.0x0 = 0x80000008 - - -\n"
                  "msr 0x3a = 0x20005\n"},
        PasteCase{"AnotherRunIsAnotherRecording",
                  "turbostat version 20.03.20 - Len Brown\n"
                  "cpu2: MSR_IA32_FEATURE_CONTROL: 0x00020005 (Locked )\n"
                  "turbostat version 20.03.20 - Len Brown\n"
                  "cpu1: MSR_IA32_FEATURE_CONTROL: 0x00020005 (Locked )\n",
                  "meta tool = turbostat version 20.03.20\ncpu 2\nmsr 0x3a = 0x20005\n",
                  {"from line 3 on stands a second recording"}},
        PasteCase{"Cpuinfo",
                  "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 60\n"
                  "stepping\t: 3\nmicrocode\t: 0x28\nprocessor\t: 1\nvendor_id\t: GenuineIntel\n",
                  "meta microcode = 0x28\n"
                  "cpu 0-1\ncpuid 0x0.0x0 = - 0x756e6547 0x6c65746e 0x49656e69\n"
                  "cpu 0\ncpuid 0x1.0x0 = 0x306c3 - - -\n"},
        PasteCase{"KernelAndFirmware",
                  "$ uname -r\n6.8.0-45-generic\n$ sudo dmidecode -t0\nBIOS Information\n"
                  "\tVendor: American Megatrends\n\tVersion: P1.90\n\tRelease Date: 11/20/2013\n"
                  "$ rdmsr -p 0 0x3a\n5\n",
                  "meta kernel = 6.8.0-45-generic\nmeta firmware.vendor = American Megatrends\n"
                  "meta firmware.version = P1.90\nmeta firmware.date = 11/20/2013\n"
                  "cpu 0\nmsr 0x3a = 0x5\n"},
        PasteCase{"WordsAreNoRegister",
                  "[    0.135737] x86/cpu: VMX (outside TXT) disabled by BIOS\n"
                  "[  808.026917] kvm_amd: SVM not supported by CPU 36\n",
                  "meta kernel_log = partial\n"
                  "meta kernel_log.1 = x86/cpu: VMX (outside TXT) disabled by BIOS\n"
                  "meta kernel_log.2 = kvm_amd: SVM not supported by CPU 36\n"}),
    NameOfPaste);

// The bytes of the msr driver's file.
INSTANTIATE_TEST_SUITE_P(
    Bytes, PasteOf,
    testing::Values(
        PasteCase{"Xxd",
                  "# xxd -s 0x3a -l 8 /dev/cpu/3/msr\n0000003a: 0500 0000 0000 0000                "
                  "      ........\n",
                  "cpu 3\nmsr 0x3a = 0x5\n"},
        PasteCase{"XxdInWords",
                  "# xxd -e -g 8 -s 58 -l8 /dev/cpu/3/msr\n0000003a: 0000000000000005  ........\n",
                  "cpu 3\nmsr 0x3a = 0x5\n"},
        PasteCase{"XxdPlain", "$ sudo xxd -p -s 0x3a -l 8 /dev/cpu/3/msr\n05ff000000000001\n",
                  "cpu 3\nmsr 0x3a = 0x10000000000ff05\n"},
        PasteCase{"Od",
                  "# od -A x -t x8 -j 0x3a -N 8 /dev/cpu/0/msr\n00003a 000000000000ff07\n000042\n",
                  "cpu 0\nmsr 0x3a = 0xff07\n"},
        PasteCase{"OdInBytes",
                  "# od -tx1 -j58 -N8 /dev/cpu/0/msr\n0000072 07 ff 00 00 00 00 00 00\n0000102\n",
                  "cpu 0\nmsr 0x3a = 0xff07\n"},
        PasteCase{"OdInOctal",
                  "# od -j 58 -N 8 /dev/cpu/0/msr\n0000072 177407 000000 000000 000000\n0000102\n",
                  "cpu 0\nmsr 0x3a = 0xff07\n"},
        PasteCase{"Hexdump",
                  "# hexdump -C -s 0x3a -n 8 /dev/cpu/1/msr\n0000003a  05 00 00 00 00 00 00 00     "
                  "                      |........|\n00000042\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"HexdumpInTwos",
                  "# hexdump -s 0x3a -n 8 /dev/cpu/1/msr\n000003a ff07 0000 0000 0000\n0000042\n",
                  "cpu 1\nmsr 0x3a = 0xff07\n"},
        PasteCase{"DdSkipsBytes",
                  "# dd if=/dev/cpu/0/msr bs=8 count=1 skip=58 iflag=skip_bytes 2>/dev/null | od "
                  "-An -tx8\n 0000000000000005\n",
                  "cpu 0\nmsr 0x3a = 0x5\n"},
        PasteCase{"DdSkipsBlocks",
                  "# dd if=/dev/cpu/0/msr bs=8 count=1 skip=58 | xxd\n1+0 records in\n1+0 records "
                  "out\n00000000: 0500 0000 0000 0000                      ........\n",
                  "cpu 0\nmsr 0x1d0 = 0x5\n"},
        PasteCase{"OfMoreThanARegister",
                  "# xxd -s 0x3a -l 16 /dev/cpu/0/msr\n0000003a: 0500 0000 0000 0000 0500 0000 "
                  "0000 0000\n",
                  "error 1:1:"},
        PasteCase{"OfAnUnknownCpu",
                  "# for i in 0 1; do xxd -s 0x3a -l 8 /dev/cpu/$i/msr; done\n0000003a: 0500 0000 "
                  "0000 0000\n",
                  "error 1:1:"},
        PasteCase{"RdmsrRaw",
                  "# rdmsr -r -p 2 0x3a | xxd\n00000000: 0500 0000 0000 0000                      "
                  "........\n",
                  "cpu 2\nmsr 0x3a = 0x5\n"},
        PasteCase{"RdmsrRawOfAll",
                  "# rdmsr -r -a 0x3a | xxd\n00000000: 0500 0000 0000 0000                      "
                  "........\n",
                  "error 1:1:"},
        PasteCase{"AnotherFileHasOtherBytes",
                  "# xxd -s 0x3a -l 8 /dev/sda\n0000003a: 0500 0000 0000 0000\n", "error 0:0:"}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Windows, PasteOf,
    testing::Values(
        PasteCase{"Wmic", "VirtualizationFirmwareEnabled\nTRUE\n",
                  "meta tool_log.1 = VirtualizationFirmwareEnabled : TRUE\n"},
        PasteCase{
            "CimInstance",
            "Name                                     VirtualizationFirmwareEnabled\n----      "
            "                               -----------------------------\nIntel(R) Core(TM) "
            "i7-8550U CPU @ 1.80GHz                         False\n",
            "meta tool_log.1 = VirtualizationFirmwareEnabled : False\n"},
        PasteCase{"WinDbg",
                  "0: kd> rdmsr 3a\nmsr[3a] = 00000000`00000005\n1: kd> rdmsr 480\nmsr[480] = "
                  "00da0400`00000004\n",
                  "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x480 = 0xda040000000004\n"},
        PasteCase{"WinDbgLocal", "lkd> rdmsr 174\nmsr[174] = 00000000`00000010\n",
                  Unknown("cpu 0\nmsr 0x174 = 0x10\n")},
        PasteCase{"RwEverything",
                  "Read MSR 0x3A: High 32bit(EDX) = 0x00000001, Low 32bit(EAX) = 0x00000005\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x100000005\n")},
        PasteCase{"TaskManager", "Base speed:\t2.60 GHz\nSockets:\t1\nVirtualization:\tDisabled\n",
                  "meta tool_log.1 = Virtualization: Disabled\n"},
        PasteCase{"TaskManagerInGerman", "Virtualisierung: Deaktiviert\n",
                  "meta tool_log.1 = Virtualisierung: Deaktiviert\n"},
        PasteCase{"AQuestion", "Is Virtualization Enabled In Firmware: Yes or No?\n", "error 0:0:"},
        PasteCase{"NotOfTheMachine",
                  "Nested Virtualization: Disabled\nProcVirtualization: Disabled\n", "error 0:0:"},
        PasteCase{"Systeminfo",
                  "Hyper-V Requirements:      VM Monitor Mode Extensions: Yes\n                    "
                  "       Virtualization Enabled In Firmware: No\n",
                  "meta tool_log.1 = Hyper-V Requirements:      VM Monitor Mode Extensions: "
                  "Yes\nmeta tool_log.2 = Virtualization Enabled In Firmware: No\n"},
        PasteCase{"SysteminfoInGerman",
                  "                           Virtualisierung in Firmware aktiviert: Nein\n",
                  "meta tool_log.1 = Virtualisierung in Firmware aktiviert: Nein\n"},
        PasteCase{"SysteminfoInFrench",
                  "             Virtualisation activée dans le microprogramme : Non\n",
                  "meta tool_log.1 = Virtualisation activée dans le microprogramme : Non\n"},
        PasteCase{"Haxm",
                  "CPU vendor          *  GenuineIntel\nVMX supported       *  Yes\nVMX enabled    "
                  "     -  No\n",
                  "meta tool_log.1 = VMX supported       *  Yes\nmeta tool_log.2 = VMX enabled     "
                  "    -  No\n"},
        PasteCase{"HwInfo", "Intel Virtualization Technology (VMX):  Present, Disabled\n",
                  "meta tool_log.1 = Intel Virtualization Technology (VMX):  Present, Disabled\n"},
        PasteCase{"FirmwareMenusSayNothing",
                  "Enable Intel Virtualization Technology (VMX) in the BIOS.\n", "error 0:0:"},
        PasteCase{"Coreinfo",
                  "VMX             *       Supports Intel hardware-assisted virtualization\n",
                  "meta tool_log.1 = VMX             *       Supports Intel hardware-assisted "
                  "virtualization\n"}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Bsd, PasteOf,
    testing::Values(
        PasteCase{"CpucontrolCpuid",
                  "# cpucontrol -i 1 /dev/cpuctl2\ncpuid level 0x1: 0x000306c3 0x00100800 "
                  "0x7ffafbbf 0xbfebfbff\n",
                  "cpu 2\ncpuid 0x1.0x0 = 0x306c3 0x100800 0x7ffafbbf 0xbfebfbff\n"},
        PasteCase{"CpucontrolCpuidOfASubleaf",
                  "# cpucontrol -i 7,0 /dev/cpuctl0\ncpuid level 0x7, level_type 0x0: 0x00000000 "
                  "0x000027ab 0x00000000 0x9c000000\n",
                  "cpu 0\ncpuid 0x7.0x0 = 0x0 0x27ab 0x0 0x9c000000\n"},
        PasteCase{
            "FreeBsd",
            "CPU: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz (3392.22-MHz K8-class CPU)\n  "
            "Origin=\"GenuineIntel\"  Id=0x306c3  Family=0x6  Model=0x3c  Stepping=3\n  "
            "Features=0xbfebfbff<FPU,VME>\n  Features2=0x7ffafbbf<SSE3,VMX>\n  VT-x: (disabled in "
            "BIOS) PAT,HLT,MTF,PAUSE,EPT,UG,VPID\n",
            Unknown("meta kernel_log = partial\nmeta kernel_log.1 = VT-x: (disabled in BIOS) "
                    "PAT,HLT,MTF,PAUSE,EPT,UG,VPID\ncpu 0\ncpuid 0x0.0x0 = - 0x756e6547 0x6c65746e "
                    "0x49656e69\ncpuid 0x1.0x0 = 0x306c3 - 0x7ffafbbf 0xbfebfbff\n")},
        PasteCase{"Bhyve", "vmx_init: VMX operation disabled by BIOS\n",
                  "meta kernel_log = partial\nmeta kernel_log.1 = vmx_init: VMX operation disabled "
                  "by BIOS\n"},
        PasteCase{"OpenBsd",
                  "cpu0: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz, 3392.71 MHz, 06-3c-03, patch "
                  "00000028\nvmm0 at mainbus0: VMX/EPT\n",
                  "meta microcode = 0x28\nmeta kernel_log = partial\nmeta kernel_log.1 = vmm0 at "
                  "mainbus0: VMX/EPT\ncpu 0\ncpuid 0x1.0x0 = 0x306c3 - - -\n"}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    LinuxAndOthers, PasteOf,
    testing::Values(
        PasteCase{"MicrocodeOfLinux61",
                  "[    0.1] microcode: microcode updated early to revision 0xde, date = "
                  "2020-05-25\n[    0.2] microcode: sig=0x906ea, pf=0x2, revision=0xde\n",
                  "meta microcode = 0xde\nmeta cpu_numbers = unknown\nmeta kernel_log = partial\n"
                  "meta kernel_log.1 = microcode: microcode updated early to revision 0xde, date = "
                  "2020-05-25\n"
                  "meta kernel_log.2 = microcode: sig=0x906ea, pf=0x2, revision=0xde\n"
                  "cpu 0\ncpuid 0x1.0x0 = 0x906ea - - -\n"},
        PasteCase{"MicrocodeOfLinux68",
                  "[    0.1] microcode: Updated early from: 0x000000de\n[    0.2] microcode: "
                  "Current revision: 0x000000f8\n",
                  "meta microcode = 0xf8\nmeta kernel_log = partial\nmeta kernel_log.1 = "
                  "microcode: Current revision: 0x000000f8\n"},
        PasteCase{"LscpuInGerman",
                  "Anbieterkennung:        GenuineIntel\n  Prozessorfamilie:     6\n  Modell:      "
                  "         158\n  Stepping:             10\nVirtualisierung:        VT-x\n",
                  Unknown("meta tool_log.1 = Virtualisierung:        VT-x\ncpu 0\ncpuid 0x0.0x0 = "
                          "- 0x756e6547 0x6c65746e 0x49656e69\ncpuid 0x1.0x0 = 0x906ea - - -\n")},
        PasteCase{
            "Mktme",
            "[    0.0] x86/mktme: enabled by BIOS\n[    0.0] x86/mktme: 63 KeyIDs available\n",
            "meta kernel_log = partial\nmeta kernel_log.1 = x86/mktme: enabled by BIOS\nmeta "
            "kernel_log.2 = x86/mktme: 63 KeyIDs available\n"},
        PasteCase{"SgxDriver", "[    0.3] sgx: The public key MSRs are not writable.\n",
                  "meta kernel_log = partial\nmeta kernel_log.1 = sgx: The public key MSRs are not "
                  "writable.\n"},
        PasteCase{"Ccp", "[  5.2] ccp 0000:42:00.1: SEV: failed to INIT error 0x1, rc -5\n",
                  "meta kernel_log = partial\nmeta kernel_log.1 = ccp 0000:42:00.1: SEV: failed to "
                  "INIT error 0x1, rc -5\n"},
        PasteCase{
            "Snphost",
            "[ PASS ]      - SME: Enabled in MSR\n[ FAIL ]     - SNP: Disabled in MSR\n",
            Unknown(
                "meta tool_log.1 = [ PASS ]      - SME: Enabled in MSR\nmeta tool_log.2 = [ FAIL ] "
                "    - SNP: Disabled in MSR\ncpu 0\nmsr 0xc0010010 = 0x800000 known 0x1800000\n"),
            {"only bits 0x1800000 of MSR 0xc0010010 are here"}},
        PasteCase{
            "Esxcfg", "         |----HV Support............................................2\n",
            "meta tool_log.1 = |----HV Support............................................2\n"},
        PasteCase{"Msrtool", "# msrtool -c 1 3a\n0x0000003a = 0x0000000000000005\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"OtherDumpsThatLookLikeMsrtool", "0x00000010 = 0x0000000000000005\n",
                  "error 0:0:"}),
    NameOfPaste);

// Taken only where the sentence says that and nothing else.
INSTANTIATE_TEST_SUITE_P(
    Sentences, PasteOf,
    testing::Values(
        PasteCase{"OfAllCores", "IA32_FEATURE_CONTROL is 0x5 on all cores.\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\n")},
        PasteCase{"OfACpu", "MSR 3Ah reads 0x1 on cpu 3\n", "cpu 3\nmsr 0x3a = 0x1\n"},
        PasteCase{"ByNameAndAddress", "The IA32_FEATURE_CONTROL (MSR 0x3a) is set to 0x5\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\n")},
        PasteCase{"OfAnotherMachine", "IA32_FEATURE_CONTROL is 0x5 on a machine that works\n",
                  "error 1:1:"},
        PasteCase{"OfWhatShouldBe", "IA32_FEATURE_CONTROL should be 0x5\n", "error 0:0:"},
        PasteCase{"OfTheDefault", "The default of IA32_FEATURE_CONTROL is 0x5\n", "error 1:1:"},
        PasteCase{"OfWhatIsExpected", "Expected IA32_FEATURE_CONTROL = 0x5, got 0x1\n",
                  "error 1:1:"},
        PasteCase{"OfAGuest", "vcpu0: MSR_IA32_MISC_ENABLE = 0x1\n", "error 1:1:"},
        PasteCase{"OfASource", "MSR_IA32_FEATURE_CONTROL = 0x3a,\n", "error 0:0:"},
        PasteCase{"OfAnAmbiguousNumber", "IA32_FEATURE_CONTROL is 10\n", "error 0:0:"}),
    NameOfPaste);

// src/cpu/msr/msr.c of fwts, whose lines end at column 80; in newer versions the
// address stands before the name.
INSTANTIATE_TEST_SUITE_P(
    Fwts, PasteOf,
    testing::Values(
        PasteCase{"Broken",
                  "FAILED [MEDIUM] MSRCPUsInconsistent: Test 1, MSR FEATURE_CONTROL (0x3a) has 2\n"
                  "inconsistent values across 3 CPUs for (shift: 0 mask: 0xff07).\n"
                  "MSR CPU 0 -> 0x5 vs CPU 1 -> 0x1\nMSR CPU 0 -> 0x5 vs CPU 2 -> 0x1\n",
                  "cpu 0\nmsr 0x3a = 0x5 known 0xff07\ncpu 1-2\nmsr 0x3a = 0x1 known 0xff07\n"},
        PasteCase{"OfTwoParts",
                  "FAILED [HIGH] MSRCPUsInconsistent: Test 4, MSR 0x000001f3 SMRR_PHYSMASK has 1 "
                  "inconsistent values across 2 CPUs (shift: 12 mask: 0xfffff).\n"
                  "MSR CPU 0 -> 0xff800 vs CPU 1 -> 0x0\n"
                  "FAILED [HIGH] MSRCPUsInconsistent: Test 4, MSR 0x000001f3 SMRR_VALID has 1 "
                  "inconsistent values across 2 CPUs (shift: 11 mask: 0x1).\n"
                  "MSR CPU 0 -> 0x1 vs CPU 1 -> 0x0\n",
                  "cpu 0\nmsr 0x1f3 = 0xff800800 known 0xfffff800\ncpu 1\nmsr 0x1f3 = 0x0 known "
                  "0xfffff800\n"},
        PasteCase{"Whole",
                  "FAILED [MEDIUM] MSRCPUsInconsistent: Test 1, MSR VM_CR (0xc0010114) has 1 "
                  "inconsistent values across 2 CPUs for (shift: 0 mask: 0xffffffffffffffff).\n"
                  "MSR CPU 0 -> 0x8 vs CPU 1 -> 0x18\n",
                  "cpu 0\nmsr 0xc0010114 = 0x8\ncpu 1\nmsr 0xc0010114 = 0x18\n"},
        PasteCase{"OfNoPart", "MSR CPU 0 -> 0x5 vs CPU 1 -> 0x1\n", "error 0:0:"},
        PasteCase{
            "BeyondItsMask",
            "MSRCPUsInconsistent: Test 1, MSR MTRRCAP (0xfe) has 1 inconsistent values across "
            "2 CPUs for (shift: 0 mask: 0xff).\nMSR CPU 0 -> 0x100 vs CPU 1 -> 0x1\n",
            "error 2:1:"},
        PasteCase{"DisabledByBios",
                  "FAILED [MEDIUM] VirtDisabledByBIOS: Test 1, Virtualization extensions supported "
                  "but disabled by BIOS.\n",
                  "meta tool_log.1 = FAILED [MEDIUM] VirtDisabledByBIOS: Test 1, Virtualization "
                  "extensions supported but disabled by BIOS.\n"}),
    NameOfPaste);

}  // namespace
}  // namespace vtprobe::import
