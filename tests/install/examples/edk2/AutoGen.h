// What EDK2's build makes of the INF and the DSC for each module: how it gets its PCDs.
#ifndef EXAMPLE_AUTO_GEN_H_
#define EXAMPLE_AUTO_GEN_H_

#ifdef __cplusplus
extern "C" {
#endif
#include <Base.h>
#include <Library/PcdLib.h>
#ifdef __cplusplus
}
#endif

// Those that are set while the system runs: their tokens, by which PcdLib finds them.
#define _PCD_TOKEN_PcdCpuFeaturesSupport 1U
#define _PCD_TOKEN_PcdCpuFeaturesSetting 2U
#define _PCD_TOKEN_PcdCpuFeaturesCapability 3U
#define _PCD_TOKEN_PcdCpuS3DataAddress 4U
#define _PCD_TOKEN_PcdIsPowerOnReset 5U
#define _PCD_TOKEN_PcdCpuProcTraceMemSize 6U
#define _PCD_GET_MODE_PTR_PcdCpuFeaturesSupport LibPcdGetPtr(_PCD_TOKEN_PcdCpuFeaturesSupport)
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesSupport LibPcdGetSize(_PCD_TOKEN_PcdCpuFeaturesSupport)
#define _PCD_GET_MODE_PTR_PcdCpuFeaturesSetting LibPcdGetPtr(_PCD_TOKEN_PcdCpuFeaturesSetting)
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesSetting LibPcdGetSize(_PCD_TOKEN_PcdCpuFeaturesSetting)
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesCapability \
  LibPcdGetSize(_PCD_TOKEN_PcdCpuFeaturesCapability)
#define _PCD_SET_MODE_PTR_S_PcdCpuFeaturesSetting(Size, Value) \
  LibPcdSetPtrS(_PCD_TOKEN_PcdCpuFeaturesSetting, (Size), (Value))
#define _PCD_SET_MODE_PTR_S_PcdCpuFeaturesCapability(Size, Value) \
  LibPcdSetPtrS(_PCD_TOKEN_PcdCpuFeaturesCapability, (Size), (Value))
#define _PCD_GET_MODE_64_PcdCpuS3DataAddress LibPcdGet64(_PCD_TOKEN_PcdCpuS3DataAddress)
#define _PCD_SET_MODE_64_S_PcdCpuS3DataAddress(Value) \
  LibPcdSet64S(_PCD_TOKEN_PcdCpuS3DataAddress, (Value))
#define _PCD_GET_MODE_BOOL_PcdIsPowerOnReset LibPcdGetBool(_PCD_TOKEN_PcdIsPowerOnReset)
#define _PCD_GET_MODE_32_PcdCpuProcTraceMemSize LibPcdGet32(_PCD_TOKEN_PcdCpuProcTraceMemSize)

// Those that are fixed.
#define _PCD_GET_MODE_8_PcdCpuClockModulationDutyCycle 0
#define _PCD_GET_MODE_8_PcdCpuProcTraceOutputScheme 0
#define _PCD_GET_MODE_32_PcdCpuLocalApicBaseAddress 0xfee00000
#define _PCD_GET_MODE_32_PcdCpuNumberOfReservedVariableMtrrs 0
#define _PCD_GET_MODE_32_PcdCpuInitIpiDelayInMicroSeconds 0
// Assertions are on, and end in CpuDeadLoop().
#define _PCD_GET_MODE_8_PcdDebugPropertyMask 0x21
#define _PCD_GET_MODE_8_PcdDebugClearMemoryValue 0
#define _PCD_GET_MODE_32_PcdFixedDebugPrintErrorLevel 0
#define _PCD_GET_MODE_32_PcdMaximumUnicodeStringLength 0
#define _PCD_GET_MODE_32_PcdMaximumAsciiStringLength 0
#define _PCD_GET_MODE_32_PcdMaximumLinkedListLength 0
#define _PCD_GET_MODE_BOOL_PcdVerifyNodeInList FALSE
#define _PCD_GET_MODE_32_PcdSpinLockTimeout 0
#define _PCD_GET_MODE_BOOL_PcdSmrrEnable TRUE
#define _PCD_GET_MODE_BOOL_PcdSmmFeatureControlEnable FALSE
#define _PCD_GET_MODE_32_PcdCpuMaxLogicalProcessorNumber 4

#endif  // EXAMPLE_AUTO_GEN_H_
