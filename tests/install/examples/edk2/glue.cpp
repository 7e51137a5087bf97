// What a platform gives EDK2's modules. MP and PCD services are those of the simulated machine.
#include "glue.h"

#include <cstring>

#include <vtprobe/fixtures/edk2_mp_services.h>

namespace {

using Host = vtprobe::fixtures::FirmwareHost;

struct {
  EFI_HOB_GUID_TYPE header;
  UINT64 data;
} hob;
bool has_hob = false;

}  // namespace

vtprobe::fixtures::Edk2Pcds pcds;
auto pcd_services = vtprobe::fixtures::Edk2PcdServices<PCD_PPI, pcds>();
EDKII_PEI_MP_SERVICES2_PPI mp_services =
    vtprobe::fixtures::Edk2MpServices<EDKII_PEI_MP_SERVICES2_PPI>();

void ResetGlue() { has_hob = false; }

extern "C" {
EFI_GUID gEdkiiPeiMpServices2PpiGuid;
EFI_GUID gPcdPpiGuid;
EFI_STATUS EFIAPI PeiServicesLocatePpi(CONST EFI_GUID* guid, UINTN, EFI_PEI_PPI_DESCRIPTOR**,
                                       VOID** ppi) {
  *ppi = guid == &gPcdPpiGuid ? static_cast<VOID*>(&pcd_services) : &mp_services;
  return EFI_SUCCESS;
}
VOID* EFIAPI GetFirstGuidHob(CONST EFI_GUID*) { return has_hob ? &hob : nullptr; }
VOID* EFIAPI BuildGuidDataHob(CONST EFI_GUID*, VOID* data, UINTN) {
  std::memcpy(&hob.data, data, sizeof(hob.data));
  has_hob = true;
  return &hob.data;
}

// There are no devices, and no guests.
UINT32 EFIAPI MmioRead32(UINTN) { Host::Stop("a device is read"); }
UINT32 EFIAPI MmioWrite32(UINTN, UINT32) { Host::Stop("a device is written"); }
UINT32 EFIAPI MmioBitFieldWrite32(UINTN, UINTN, UINTN, UINT32) { Host::Stop("a device is written"); }
BOOLEAN EFIAPI TdIsEnabled() { return FALSE; }
UINTN EFIAPI TdVmCall(UINT64, UINT64, UINT64, UINT64, UINT64, VOID*) { Host::Stop("TDVMCALL"); }
VOID EFIAPI CpuPause() {}
UINTN EFIAPI InternalGetSpinLockProperties() { return 64; }
// Where a failed assertion ends, by PcdDebugPropertyMask.
VOID EFIAPI CpuDeadLoop() { Host::Stop("CpuDeadLoop()"); }
UINTN EFIAPI MicroSecondDelay(UINTN time) { return time; }
}
