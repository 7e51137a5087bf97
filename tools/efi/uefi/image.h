// What a program is told of itself: where it was loaded from, and with which words.

#ifndef VTPROBE_EFI_UEFI_IMAGE_H_
#define VTPROBE_EFI_UEFI_IMAGE_H_

#include <cstddef>
#include <cstdint>

#include "uefi/types.h"

namespace vtprobe::efi::uefi {

// EFI_DEVICE_PATH_PROTOCOL: nodes one behind the other, each with its length in
// bytes, little-endian. [uefi/spec] 10.2
struct DevicePath {
  std::uint8_t type;
  std::uint8_t subtype;
  std::uint8_t length[2];
};
inline constexpr Guid kDevicePath{
    0x09576e91, 0x6d3f, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
inline constexpr std::uint8_t kMessagingPath = 3;  // [uefi/spec] 10.3.4
inline constexpr std::uint8_t kUart = 14;          // [uefi/spec] 10.3.4.15
inline constexpr std::uint8_t kMediaPath = 4;      // [uefi/spec] 10.3.5
inline constexpr std::uint8_t kFilePath = 4;       // [uefi/spec] 10.3.5.4
inline constexpr std::uint8_t kEndOfPath = 0x7f;   // [uefi/spec] 10.3.1

// EFI_LOADED_IMAGE_PROTOCOL. [uefi/spec] 9.1
struct LoadedImage {
  std::uint32_t revision;
  Handle parent;
  void* system_table;
  Handle device;
  const DevicePath* file_path;
  void* reserved;
  std::uint32_t load_options_size;  // in bytes
  const void* load_options;
};
inline constexpr Guid kLoadedImage{
    0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

// EFI_SHELL_PARAMETERS_PROTOCOL, which a program has that a shell started.
// UEFI Shell Specification 2.2, 2.3
struct ShellParameters {
  char16_t** arguments;  // the first is the program
  std::size_t count;
};
inline constexpr Guid kShellParameters{
    0x752f3136, 0x4e16, 0x4fdc, {0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca}};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_IMAGE_H_
