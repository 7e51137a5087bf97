// What a platform gives EDK2's modules, here on the CPUs of a simulated machine: MP services
// by its host, memory and messages by the program's own.
#include "glue.h"

#include <cstdlib>
#include <cstring>

vtprobe::fixtures::FirmwareHost* gHost = nullptr;

using namespace vtprobe;

namespace {

using Host = fixtures::FirmwareHost;
using Ppi = EDKII_PEI_MP_SERVICES2_PPI;

EFI_STATUS EFIAPI Count(Ppi*, UINTN* all, UINTN* enabled) {
  *all = *enabled = gHost->machine().cpus().ToVector().size();
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI Describe(Ppi*, UINTN number, EFI_PROCESSOR_INFORMATION* about) {
  // Two threads of each core of one package.
  const bool is_boot_cpu = number == 0;
  *about = {number, static_cast<UINT32>(is_boot_cpu ? 7 : 6), {0, UINT32(number / 2), UINT32(number % 2)}, {}};
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI StartOthers(Ppi*, EFI_AP_PROCEDURE code, BOOLEAN, UINTN, VOID* with) {
  gHost->OnOtherCpus([=] { code(with); });
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI StartAll(Ppi*, EFI_AP_PROCEDURE code, UINTN, VOID* with) {
  gHost->OnEveryCpu([=] { code(with); }, fixtures::Order::kTogether);
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI WhoAmI(Ppi*, UINTN* number) {
  *number = Number(Host::Cpu().number());
  return EFI_SUCCESS;
}

Ppi mp_services = {Count, Describe, StartOthers, nullptr, nullptr, nullptr, WhoAmI, StartAll};
struct {
  EFI_HOB_GUID_TYPE header;
  UINT64 data;
} hob;
bool has_hob = false;

}  // namespace

void ResetGlue() { has_hob = false; }

extern "C" {
EFI_GUID gEdkiiPeiMpServices2PpiGuid;
UINT8 gFeaturesSupport[FEATURE_BYTES];
UINT8 gFeaturesSetting[FEATURE_BYTES];
UINT8 gFeaturesCapability[FEATURE_BYTES];
UINT64 gCpuS3Data;

UINT64 EFIAPI PcdSetFeatures(UINT8* pcd, UINTN* size, VOID* value) {
  std::memcpy(pcd, value, *size);
  return 0;
}
EFI_STATUS EFIAPI PeiServicesLocatePpi(CONST EFI_GUID*, UINTN, EFI_PEI_PPI_DESCRIPTOR**, VOID** ppi) {
  *ppi = &mp_services;
  return EFI_SUCCESS;
}
VOID* EFIAPI GetFirstGuidHob(CONST EFI_GUID*) { return has_hob ? &hob : nullptr; }
VOID* EFIAPI BuildGuidDataHob(CONST EFI_GUID*, VOID* data, UINTN) {
  std::memcpy(&hob.data, data, sizeof(hob.data));
  has_hob = true;
  return &hob.data;
}

VOID* EFIAPI AllocatePages(UINTN pages) { return std::calloc(pages, 4096); }
VOID* EFIAPI AllocatePool(UINTN size) { return std::calloc(1, size); }
VOID* EFIAPI AllocateZeroPool(UINTN size) { return std::calloc(1, size); }
VOID* EFIAPI CopyMem(VOID* to, CONST VOID* from, UINTN size) { return std::memmove(to, from, size); }
VOID* EFIAPI ZeroMem(VOID* at, UINTN size) { return std::memset(at, 0, size); }
VOID* EFIAPI SetMem(VOID* at, UINTN size, UINT8 value) { return std::memset(at, value, size); }
INTN EFIAPI CompareMem(CONST VOID* a, CONST VOID* b, UINTN size) { return std::memcmp(a, b, size); }
VOID EFIAPI FreePages(VOID* memory, UINTN) { std::free(memory); }
VOID* EFIAPI AllocateAlignedReservedPages(UINTN pages, UINTN to) {
  return std::aligned_alloc(to < 4096 ? 4096 : to, pages * 4096);
}
VOID* EFIAPI AllocateCopyPool(UINTN size, CONST VOID* from) {
  return std::memcpy(std::malloc(size), from, size);
}
VOID EFIAPI FreePool(VOID* memory) { std::free(memory); }

BOOLEAN EFIAPI DebugAssertEnabled() { return TRUE; }
BOOLEAN EFIAPI DebugPrintEnabled() { return FALSE; }
BOOLEAN EFIAPI DebugPrintLevelEnabled(CONST UINTN) { return FALSE; }
BOOLEAN EFIAPI DebugCodeEnabled() { return FALSE; }
BOOLEAN EFIAPI DebugClearMemoryEnabled() { return FALSE; }
VOID* EFIAPI DebugClearMemory(VOID* at, UINTN) { return at; }
VOID EFIAPI DebugPrint(UINTN, CONST CHAR8*, ...) {}
VOID EFIAPI DebugAssert(CONST CHAR8*, UINTN, CONST CHAR8* what) { Host::Stop(what); }
VOID* EFIAPI SetMem32(VOID* at, UINTN size, UINT32 value) {
  for (UINTN i = 0; i < size / 4; ++i) static_cast<UINT32*>(at)[i] = value;
  return at;
}
// There are no devices, and no guests.
UINT32 EFIAPI MmioRead32(UINTN) { Host::Stop("a device is read"); }
UINT32 EFIAPI MmioWrite32(UINTN, UINT32) { Host::Stop("a device is written"); }
UINT32 EFIAPI MmioBitFieldWrite32(UINTN, UINTN, UINTN, UINT32) { Host::Stop("a device is written"); }
BOOLEAN EFIAPI TdIsEnabled() { return FALSE; }
UINTN EFIAPI TdVmCall(UINT64, UINT64, UINT64, UINT64, UINT64, VOID*) { Host::Stop("TDVMCALL"); }
VOID EFIAPI CpuPause() {}
VOID EFIAPI CpuFlushTlb() {}
VOID EFIAPI MemoryFence() { __sync_synchronize(); }
UINTN EFIAPI InternalGetSpinLockProperties() { return 64; }
VOID EFIAPI CpuDeadLoop() { Host::Stop("CpuDeadLoop()"); }
UINTN EFIAPI MicroSecondDelay(UINTN time) { return time; }
}
