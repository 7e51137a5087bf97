// What every structure of UEFI is made of, in the words of the specification and
// no more than this program uses. [uefi/spec] 2.3.1, appendix A (GUIDs), D (status)

#ifndef VTPROBE_EFI_UEFI_TYPES_H_
#define VTPROBE_EFI_UEFI_TYPES_H_

#include <cstddef>
#include <cstdint>

// Firmware is called, and calls, by the rules of Microsoft's x64 calling convention.
// [uefi/spec] 2.3.4.2
#define VTPROBE_EFIAPI __attribute__((ms_abi))

namespace vtprobe::efi::uefi {

using Handle = void*;
using Event = void*;
using PhysicalAddress = std::uint64_t;

// What firmware answers: kSuccess, a warning (a small number) or an error (the
// highest bit is set).
enum class Status : std::size_t {};

inline constexpr std::size_t kErrorBit = ~(~std::size_t{0} >> 1);
constexpr Status Error(std::size_t number) { return Status{kErrorBit | number}; }

// [uefi/spec] appendix D, table D-3
inline constexpr Status kSuccess{0};
inline constexpr Status kLoadError = Error(1);
inline constexpr Status kInvalidParameter = Error(2);
inline constexpr Status kUnsupported = Error(3);
inline constexpr Status kBufferTooSmall = Error(5);
inline constexpr Status kNotReady = Error(6);
inline constexpr Status kDeviceError = Error(7);
inline constexpr Status kWriteProtected = Error(8);
inline constexpr Status kOutOfResources = Error(9);
inline constexpr Status kVolumeCorrupted = Error(10);
inline constexpr Status kVolumeFull = Error(11);
inline constexpr Status kNoMedia = Error(12);
inline constexpr Status kMediaChanged = Error(13);
inline constexpr Status kNotFound = Error(14);
inline constexpr Status kAccessDenied = Error(15);
inline constexpr Status kTimeout = Error(18);
inline constexpr Status kAborted = Error(21);
inline constexpr Status kSecurityViolation = Error(26);

constexpr bool IsError(Status status) {
  return (static_cast<std::size_t>(status) & kErrorBit) != 0;
}

// 128 bits, of which the first three parts are numbers and the others bytes.
struct Guid {
  std::uint32_t a;
  std::uint16_t b;
  std::uint16_t c;
  std::uint8_t d[8];

  friend constexpr bool operator==(const Guid&, const Guid&) = default;
};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_TYPES_H_
