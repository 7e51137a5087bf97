// What EDK2's modules are given, and the module under test.
#ifndef EXAMPLE_GLUE_H_
#define EXAMPLE_GLUE_H_

extern "C" {
// PiPei.h comes first: the others need it.
// clang-format off
#include <PiPei.h>
#include <Library/BaseLib.h>
#include <Library/DebugLib.h>
#include <Library/HobLib.h>
#include <Library/MtrrLib.h>
#include <Library/PcdLib.h>
#include <Library/RegisterCpuFeaturesLib.h>
#include <Library/SmmCpuFeaturesLib.h>
#include <Library/UnitTestHostBaseLib.h>
#include <Ppi/MpServices2.h>
#include <Ppi/Pcd.h>
// clang-format on

RETURN_STATUS EFIAPI CpuCommonFeaturesLibConstructor(VOID);
VOID CpuFeaturesLibInitialization(VOID);  // of SmmCpuFeaturesLib
}

#include <vtprobe/fixtures/edk2_pcds.h>

// Forgets what the modules keep between phases, as a reset does.
void ResetGlue();

// The platform's, by the tokens of AutoGen.h.
extern vtprobe::fixtures::Edk2Pcds pcds;

// By which the modules count and start CPUs.
extern EDKII_PEI_MP_SERVICES2_PPI mp_services;

#endif  // EXAMPLE_GLUE_H_
