// What EDK2's build makes of the INF and the DSC for each module: the values of PCDs, here
// for a platform that supports and sets every CPU feature.
#ifndef EXAMPLE_AUTO_GEN_H_
#define EXAMPLE_AUTO_GEN_H_

#ifdef __cplusplus
extern "C" {
#endif
#include <Base.h>
#include <Library/PcdLib.h>

#define FEATURE_BYTES 8
extern UINT8 gFeaturesSupport[FEATURE_BYTES];
extern UINT8 gFeaturesSetting[FEATURE_BYTES];
extern UINT8 gFeaturesCapability[FEATURE_BYTES];
UINT64 EFIAPI PcdSetFeatures(UINT8* Pcd, UINTN* Size, VOID* Value);
extern UINT64 gCpuS3Data;
extern UINT32 gProcTraceMemSize;
#ifdef __cplusplus
}
#endif

#define _PCD_GET_MODE_PTR_PcdCpuFeaturesSupport gFeaturesSupport
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesSupport FEATURE_BYTES
#define _PCD_GET_MODE_PTR_PcdCpuFeaturesSetting gFeaturesSetting
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesSetting FEATURE_BYTES
#define _PCD_GET_MODE_SIZE_PcdCpuFeaturesCapability FEATURE_BYTES
#define _PCD_SET_MODE_PTR_S_PcdCpuFeaturesSetting(Size, Value) \
  PcdSetFeatures(gFeaturesSetting, (Size), (Value))
#define _PCD_SET_MODE_PTR_S_PcdCpuFeaturesCapability(Size, Value) \
  PcdSetFeatures(gFeaturesCapability, (Size), (Value))
#define _PCD_GET_MODE_64_PcdCpuS3DataAddress gCpuS3Data
#define _PCD_SET_MODE_64_S_PcdCpuS3DataAddress(Value) ((gCpuS3Data = (Value)), 0)
#define _PCD_GET_MODE_8_PcdCpuClockModulationDutyCycle 0
#define _PCD_GET_MODE_BOOL_PcdIsPowerOnReset TRUE
#define _PCD_GET_MODE_8_PcdCpuProcTraceOutputScheme 0
#define _PCD_GET_MODE_32_PcdCpuProcTraceMemSize gProcTraceMemSize
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
