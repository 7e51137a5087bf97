// Screen, keyboard and serial line. [uefi/spec] chapter 12

#ifndef VTPROBE_EFI_UEFI_CONSOLE_H_
#define VTPROBE_EFI_UEFI_CONSOLE_H_

#include <cstddef>
#include <cstdint>

#include "uefi/types.h"

namespace vtprobe::efi::uefi {

// [uefi/spec] 12.3.1
struct InputKey {
  std::uint16_t scan_code;
  char16_t unicode;
};

// EFI_SIMPLE_TEXT_INPUT_PROTOCOL. [uefi/spec] 12.3
struct TextInput {
  void* reset;
  // kNotReady: no key waits.
  Status(VTPROBE_EFIAPI* read_key_stroke)(TextInput* self, InputKey* key);
  Event wait_for_key;
};

// EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL. [uefi/spec] 12.4
struct TextOutput {
  void* reset;
  Status(VTPROBE_EFIAPI* output_string)(TextOutput* self, const char16_t* text);
};
inline constexpr Guid kTextOutput{
    0x387477c2, 0x69c7, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

// EFI_SERIAL_IO_PROTOCOL. [uefi/spec] 12.8
struct SerialIo {
  std::uint32_t revision;
  void* reset;
  void* set_attributes;
  void* set_control;
  void* get_control;
  // `size`: in, how many bytes; out, how many were written.
  Status(VTPROBE_EFIAPI* write)(SerialIo* self, std::size_t* size, const void* buffer);
};
inline constexpr Guid kSerialIo{
    0xbb25cf6f, 0xf1d4, 0x11d2, {0x9a, 0x0c, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0xfd}};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_CONSOLE_H_
