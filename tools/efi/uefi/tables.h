// The tables that firmware hands to a program. Services that this program does not
// call are pointers without a type, so that nobody calls them by mistake.
// [uefi/spec] chapters 4, 7 and 8

#ifndef VTPROBE_EFI_UEFI_TABLES_H_
#define VTPROBE_EFI_UEFI_TABLES_H_

#include <cstddef>
#include <cstdint>

#include "uefi/console.h"
#include "uefi/types.h"

namespace vtprobe::efi::uefi {

// [uefi/spec] 4.2
struct TableHeader {
  std::uint64_t signature;
  std::uint32_t revision;
  std::uint32_t header_size;
  std::uint32_t crc32;
  std::uint32_t reserved;
};

// [uefi/spec] 4.4
struct BootServices {
  TableHeader header;
  // Task priority.
  void* raise_tpl;
  void* restore_tpl;
  // Memory. [uefi/spec] 7.2
  Status(VTPROBE_EFIAPI* allocate_pages)(std::uint32_t how, std::uint32_t memory_type,
                                         std::size_t pages, PhysicalAddress* memory);
  Status(VTPROBE_EFIAPI* free_pages)(PhysicalAddress memory, std::size_t pages);
  void* get_memory_map;
  void* allocate_pool;
  Status(VTPROBE_EFIAPI* free_pool)(void* buffer);
  // Events.
  void* create_event;
  void* set_timer;
  void* wait_for_event;
  void* signal_event;
  void* close_event;
  void* check_event;
  // Protocols. [uefi/spec] 7.3
  void* install_protocol_interface;
  void* reinstall_protocol_interface;
  void* uninstall_protocol_interface;
  Status(VTPROBE_EFIAPI* handle_protocol)(Handle handle, const Guid* protocol, void** interface);
  void* reserved;
  void* register_protocol_notify;
  void* locate_handle;
  void* locate_device_path;
  void* install_configuration_table;
  // Images.
  void* load_image;
  void* start_image;
  Status(VTPROBE_EFIAPI* exit)(Handle image, Status status, std::size_t data_size, void* data);
  void* unload_image;
  void* exit_boot_services;
  // Others. [uefi/spec] 7.5
  void* get_next_monotonic_count;
  Status(VTPROBE_EFIAPI* stall)(std::size_t microseconds);
  void* set_watchdog_timer;
  void* connect_controller;
  void* disconnect_controller;
  void* open_protocol;
  void* close_protocol;
  void* open_protocol_information;
  void* protocols_per_handle;
  Status(VTPROBE_EFIAPI* locate_handle_buffer)(std::uint32_t how, const Guid* protocol, void* key,
                                               std::size_t* count, Handle** handles);
  Status(VTPROBE_EFIAPI* locate_protocol)(const Guid* protocol, void* registration,
                                          void** interface);
};

inline constexpr std::uint32_t kAllocateAnyPages = 0;  // [uefi/spec] 7.2.1
inline constexpr std::uint32_t kLoaderData = 2;        // [uefi/spec] 7.2.1
inline constexpr std::uint32_t kByProtocol = 2;        // [uefi/spec] 7.3.15
inline constexpr std::size_t kPageSize = 4096;

// [uefi/spec] 8.3.1
struct Time {
  std::uint16_t year;
  std::uint8_t month;
  std::uint8_t day;
  std::uint8_t hour;
  std::uint8_t minute;
  std::uint8_t second;
  std::uint8_t pad1;
  std::uint32_t nanosecond;
  std::int16_t time_zone;  // minutes that UTC is ahead of it, or kUnspecifiedZone
  std::uint8_t daylight;
  std::uint8_t pad2;
};
inline constexpr std::int16_t kUnspecifiedZone = 0x7ff;

// [uefi/spec] 4.5
struct RuntimeServices {
  TableHeader header;
  Status(VTPROBE_EFIAPI* get_time)(Time* time, void* capabilities);
  void* set_time;
  void* get_wakeup_time;
  void* set_wakeup_time;
  void* set_virtual_address_map;
  void* convert_pointer;
  // [uefi/spec] 8.2.1
  Status(VTPROBE_EFIAPI* get_variable)(const char16_t* name, const Guid* vendor,
                                       std::uint32_t* attributes, std::size_t* size, void* data);
};

// [uefi/spec] 4.6
struct ConfigurationTable {
  Guid vendor;
  const void* table;
};
// Where SMBIOS's entry point is: of version 2, and of version 3 on.
inline constexpr Guid kSmbios{
    0xeb9d2d31, 0x2d88, 0x11d3, {0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}};
inline constexpr Guid kSmbios3{
    0xf2fd1544, 0x9794, 0x4a2c, {0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94}};

// Whose the variables are that the specification names. [uefi/spec] 3.3
inline constexpr Guid kGlobalVariable{
    0x8be4df61, 0x93ca, 0x11d2, {0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}};

// [uefi/spec] 4.3
struct SystemTable {
  TableHeader header;
  const char16_t* firmware_vendor;
  std::uint32_t firmware_revision;
  Handle console_in_handle;
  TextInput* console_in;
  Handle console_out_handle;
  TextOutput* console_out;
  Handle standard_error_handle;
  TextOutput* standard_error;
  RuntimeServices* runtime;
  BootServices* boot;
  std::size_t configuration_tables;
  const ConfigurationTable* configuration;
};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_TABLES_H_
