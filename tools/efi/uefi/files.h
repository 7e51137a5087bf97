// File systems. [uefi/spec] 13.4 and 13.5

#ifndef VTPROBE_EFI_UEFI_FILES_H_
#define VTPROBE_EFI_UEFI_FILES_H_

#include <cstddef>
#include <cstdint>

#include "uefi/types.h"

namespace vtprobe::efi::uefi {

// EFI_FILE_PROTOCOL. [uefi/spec] 13.5
struct File {
  std::uint64_t revision;
  Status(VTPROBE_EFIAPI* open)(File* self, File** opened, const char16_t* name, std::uint64_t mode,
                               std::uint64_t attributes);
  Status(VTPROBE_EFIAPI* close)(File* self);
  Status(VTPROBE_EFIAPI* remove)(File* self);  // closes it, too
  void* read;
  Status(VTPROBE_EFIAPI* write)(File* self, std::size_t* size, const void* buffer);
  void* get_position;
  void* set_position;
  void* get_info;
  void* set_info;
  Status(VTPROBE_EFIAPI* flush)(File* self);
};
// [uefi/spec] 13.5.2
inline constexpr std::uint64_t kRead = 1;
inline constexpr std::uint64_t kReadWrite = 3;
inline constexpr std::uint64_t kReadWriteCreate = std::uint64_t{1} << 63 | kReadWrite;

// EFI_SIMPLE_FILE_SYSTEM_PROTOCOL. [uefi/spec] 13.4
struct FileSystem {
  std::uint64_t revision;
  Status(VTPROBE_EFIAPI* open_volume)(FileSystem* self, File** root);
};
inline constexpr Guid kFileSystem{
    0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_FILES_H_
