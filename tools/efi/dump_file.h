// The file that a recording goes to: beside the program, under a name that nothing
// there has.

#ifndef VTPROBE_EFI_DUMP_FILE_H_
#define VTPROBE_EFI_DUMP_FILE_H_

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "firmware.h"

namespace vtprobe::efi {

// The path of what was written, on the volume that the program was loaded from, or in
// words why nothing was. What could not be written as a whole is removed again.
tl::expected<std::string, std::string> WriteNewDump(const Firmware& firmware,
                                                    std::string_view text);

// The folder of a file path, with the backslash at its end.
std::string FolderOf(const uefi::DevicePath* path);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_DUMP_FILE_H_
