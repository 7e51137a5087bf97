// EDK2's headers, for C++, and what its build would call by the modules' INFs.
#ifndef EXAMPLE_GLUE_H_
#define EXAMPLE_GLUE_H_

extern "C" {
// PiPei.h comes first: the others need it.
// clang-format off
#include <PiPei.h>
#include <Library/BaseLib.h>
#include <Library/DebugLib.h>
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

#endif  // EXAMPLE_GLUE_H_
