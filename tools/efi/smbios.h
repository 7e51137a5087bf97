// What firmware says of itself and the board in SMBIOS. [dmtf/dsp0134]

#ifndef VTPROBE_EFI_SMBIOS_H_
#define VTPROBE_EFI_SMBIOS_H_

#include <cstddef>
#include <span>
#include <string>

namespace vtprobe::efi {

// Empty where the tables do not say. The date is YYYY-MM-DD where it is one.
struct Smbios {
  std::string vendor;  // type 0, BIOS information
  std::string version;
  std::string date;
  std::string board;  // manufacturer and product: type 2, baseboard, or else type 1, system
};

// Of the structures that stand one behind the other in `table`; what breaks off at its
// end is left out.
Smbios ReadSmbios(std::span<const std::byte> table);

// The structures that an entry point, of either version, points to: empty where it is
// none. Looks at memory at the addresses that firmware put there.
std::span<const std::byte> SmbiosTable(const void* entry_point);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_SMBIOS_H_
