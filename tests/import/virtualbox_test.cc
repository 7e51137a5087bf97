// VBox.log of several versions, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

constexpr const char* kOneCpu = "does not say which CPU it is of";
constexpr const char* kUnknown = "meta cpu_numbers = unknown\ncpu 0\n";

class VirtualBox : public testing::TestWithParam<TextCase> {};

TEST_P(VirtualBox, Becomes) {
  TextCase row = GetParam();
  if (!row.dump.starts_with("error")) row.notes.insert(row.notes.begin(), kOneCpu);
  ExpectImport(kVirtualBox, row);
}

INSTANTIATE_TEST_SUITE_P(
    All, VirtualBox,
    testing::Values(
        TextCase{"Registers",
                 "00:00:04.809255 HM: Using VT-x implementation 3.0\n"
                 "00:00:04.809259 HM: Host CR4                          = 0x370678\n"
                 "00:00:04.809260 HM: Host EFER                         = 0xd01\n"
                 "00:00:04.809260 HM: MSR_IA32_SMM_MONITOR_CTL          = 0x0\n"
                 "00:00:04.809261 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005\n"
                 "00:00:04.809261 HM:   LOCK\n"
                 "00:00:04.809262 HM: MSR_IA32_VMX_BASIC                = 0xda040000000004\n"
                 "00:00:04.809263 HM:   VMCS id                           = 0x4\n"
                 "00:00:04.809266 HM: MSR_IA32_VMX_PINBASED_CTLS        = 0x7f00000016\n",
                 std::string(kUnknown) +
                     "msr 0xc0000080 = 0xd01\nmsr 0x9b = 0x0\nmsr 0x3a = 0x20005\n"
                     "msr 0x480 = 0xda040000000004\nmsr 0x481 = 0x7f00000016\n"},
        TextCase{"OldRegistersWithoutPrefix",
                 "00:00:00.683 HWACCM: Host CR4=000006D0\n"
                 "00:00:00.683 HWACCM: MSR_IA32_FEATURE_CONTROL      = 5\n"
                 "00:00:00.683 HWACCM: MSR_IA32_VMX_BASIC_INFO       = da04000000000f\n"
                 "00:00:00.683 HWACCM: VMCS id                       = f\n"
                 "00:00:00.683 HWACCM:    MSR_IA32_VMX_MISC_ACTIVITY_STATES 7\n"
                 "00:00:00.683 HWACCM: MSR_IA32_VMX_EPT_VPID_CAPS    = f0106114141\n",
                 std::string(kUnknown) +
                     "msr 0x3a = 0x5\nmsr 0x480 = 0xda04000000000f\nmsr 0x48c = 0xf0106114141\n"},
        TextCase{"NewSpellings",
                 "00:00:00.154078 HM: Host MSR_IA32_FEATURE_CONTROL = 0x5\n"
                 "00:00:00.154394 HM: MSR_IA32_FEATURE_CONTROL          = 0x5\n"
                 "HM: IA32_VMX_MISC = 0x401e7\n",
                 std::string(kUnknown) + "msr 0x3a = 0x5\nmsr 0x485 = 0x401e7\n"},
        TextCase{"Amd",
                 "00:00:01.5 HM: AMD HWCR MSR                      = 0x9000011\n"
                 "00:00:01.5 HM: AMD-V revision                    = 0x1\n"
                 "00:00:01.5 HM: MSR_K8_VM_CR = 0x8\n",
                 std::string(kUnknown) + "msr 0xc0010015 = 0x9000011\nmsr 0xc0010114 = 0x8\n"},
        TextCase{"UnknownRegister",
                 "HM: MSR_IA32_VMX_MISC = 0x1\nHM: MSR_IA32_VMX_TOMORROW = 0x1\n",
                 std::string(kUnknown) + "msr 0x485 = 0x1\n",
                 {"1 register with an unknown name left out, the first in line 2 "
                  "(IA32_VMX_TOMORROW)"}},
        TextCase{"OnlyTheHostsLeaves",
                 "00:00:04.8 ************************* CPUID dump ************************\n"
                 "00:00:04.8          Raw Standard CPUID Leaves\n"
                 "00:00:04.8      Leaf/sub-leaf  eax      ebx      ecx      edx\n"
                 "00:00:04.8 Gst: 00000001/0000  000906ea 00020800 d6fa2203 178bfbff\n"
                 "00:00:04.8 Hst:                000906ea 03100800 7ffafbbf bfebfbff\n"
                 "00:00:04.8 Gst: 00000004/0000  04000121 01c0003f 0000003f 00000000\n"
                 "00:00:04.8 Hst:                1c004121 01c0003f 0000003f 00000000\n"
                 "00:00:04.8 Gst: 00000004/0001  04000122 01c0003f 0000003f 00000000\n"
                 "00:00:04.8 Hst:                1c004122 01c0003f 0000003f 00000000\n"
                 "00:00:04.8 Hst: 00000015/0000  00000002 000000d8 00000000 00000000\n"
                 "00:00:04.8                                Name: GenuineIntel\n",
                 std::string(kUnknown) + "cpuid 0x1.0x0 = 0x906ea 0x3100800 0x7ffafbbf 0xbfebfbff\n"
                                         "cpuid 0x4.0x0 = 0x1c004121 0x1c0003f 0x3f 0x0\n"
                                         "cpuid 0x4.0x1 = 0x1c004122 0x1c0003f 0x3f 0x0\n"
                                         "cpuid 0x15.0x0 = 0x2 0xd8 0x0 0x0\n"},
        TextCase{"OldLeavesWithoutSubleaf",
                 "Gst: 00000001  000906ea 00020800 56fa2203 178bfbff\n"
                 "Hst:           000906ea 03100800 7ffafbbf bfebfbff\n"
                 "Gst: 0000000b  00000000 00000000 00000000 00000000*\n"
                 "Hst:           00000001 00000002 00000100 00000003\n"
                 "Hst: 0000000c  00000009 00000000 00000000 00000000\n",
                 std::string(kUnknown) + "cpuid 0x1.0x0 = 0x906ea 0x3100800 0x7ffafbbf 0xbfebfbff\n"
                                         "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x3\n"
                                         "cpuid 0xc.0x0 = 0x9 0x0 0x0 0x0\n"},
        TextCase{
            "AHostsLineWithoutALeaf",
            "Hst: 00000000/0000 00000001 00000000 00000000 00000000\n"
            "Gst: 00000001/0000  000906ea 00020800 d6fa2203 178bfbff\n"
            "something else\n"
            "Hst:                000906ea 03100800 7ffafbbf bfebfbff\n",
            std::string(kUnknown) + "cpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n",
            {"1 line left out that should be readings and cannot be read, the first is line 4"}},
        TextCase{"ToolAndLinuxKernel",
                 "VirtualBox VM 6.1.16 r140961 linux.amd64 (Oct 16 2020 17:45:59) release log\n"
                 "00:00:00.1 OS Product: Linux\n"
                 "00:00:00.1 OS Release: 5.4.0-58-generic\n"
                 "00:00:04.8 HM: MSR_IA32_FEATURE_CONTROL = 0x5\n",
                 "meta tool = VirtualBox VM 6.1.16 r140961 linux.amd64\n"
                 "meta kernel = 5.4.0-58-generic\nmeta cpu_numbers = unknown\n"
                 "cpu 0\nmsr 0x3a = 0x5\n"},
        TextCase{"AnotherKernelIsNoKernel",
                 "00:00:00.1 OS Product: Windows 10\n"
                 "00:00:00.1 OS Release: 10.0.19041\n"
                 "00:00:04.8 HM: MSR_IA32_FEATURE_CONTROL = 0x5\n",
                 std::string(kUnknown) + "msr 0x3a = 0x5\n"},
        TextCase{"NothingRead", "VirtualBox VM 6.1.16 r140961 linux.amd64 release log\n",
                 "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
