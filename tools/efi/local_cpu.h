// The CPU that the program runs on, whichever that is: its registers, and what
// keeps one that is not there from ending the machine.

#ifndef VTPROBE_EFI_LOCAL_CPU_H_
#define VTPROBE_EFI_LOCAL_CPU_H_

#include "vtprobe/hal/readers.h"

namespace vtprobe::efi {

// Whose number the readers are given does not matter: they answer for where they
// run. Between Enter() and Leave() of one CPU nothing runs on another.
class LocalCpu : public MsrReader, public CpuidReader {
 public:
  // From here on #GP (general protection) of a read is caught. Whether that was
  // proven, by a fault made on purpose: without proof no MSR is to be read.
  virtual bool Enter() = 0;
  // As it was before.
  virtual void Leave() = 0;
};

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_LOCAL_CPU_H_
