// UEFI that is made up: a system table whose services are functions of this program,
// with CPUs from a recording. What may go wrong on a machine is set before it is asked,
// and what it was told is looked at afterwards.

#ifndef VTPROBE_TESTS_EFI_MADE_UP_FIRMWARE_H_
#define VTPROBE_TESTS_EFI_MADE_UP_FIRMWARE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "firmware.h"
#include "local_cpu.h"
#include "uefi/console.h"
#include "uefi/files.h"
#include "uefi/image.h"
#include "uefi/processors.h"
#include "uefi/tables.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::efi {

class MadeUpFirmware final : public LocalCpu {
 public:
  // There is one at a time, since services of firmware are asked without saying whose.
  // The machine's CPUs, online or not, are numbered from 0 without a gap.
  explicit MadeUpFirmware(PlatformSnapshot machine);
  ~MadeUpFirmware() override;
  MadeUpFirmware(const MadeUpFirmware&) = delete;
  MadeUpFirmware& operator=(const MadeUpFirmware&) = delete;

  Firmware firmware() { return {this, &table_}; }

  // CPUs.
  bool has_mp_services = true;
  std::size_t here = 0;  // who runs the program
  std::set<std::size_t> disabled;
  std::set<std::size_t> unhealthy;
  std::map<std::size_t, uefi::Status> refused;               // and what it says
  std::set<std::size_t> do_not_catch;                        // on which a #GP goes past the handler
  std::set<std::pair<std::size_t, std::uint32_t>> faulting;  // CPU, MSR

  // Files, by their paths.
  bool has_volume = true;
  std::map<std::string, std::string> files;
  std::size_t free_bytes = std::size_t{1} << 20;
  std::optional<uefi::Status> refuses_to_create;
  std::u16string image_path = u"\\EFI\\BOOT\\BOOTX64.EFI";

  // Words.
  std::optional<std::vector<std::u16string>> shell_arguments;
  std::u16string load_options;

  // Console.
  bool has_serial = true;
  bool screen_is_on_serial = false;
  std::optional<uefi::Status> serial_fails;
  std::string screen;
  std::string serial;
  std::vector<char16_t> keys;
  std::size_t stalled_microseconds = 0;

  // What it says of itself.
  uefi::Time time{.year = 2026,
                  .month = 11,
                  .day = 30,
                  .hour = 23,
                  .minute = 59,
                  .second = 7,
                  .pad1 = 0,
                  .nanosecond = 0,
                  .time_zone = 0,
                  .daylight = 0,
                  .pad2 = 0};
  std::map<std::u16string, std::uint8_t> variables;
  // The rows must outlive it.
  void configure(std::span<const uefi::ConfigurationTable> rows) {
    table_.configuration = rows.data();
    table_.configuration_tables = rows.size();
  }

  // How often a CPU was entered, and how often left.
  std::size_t entered = 0;
  std::size_t left = 0;

  // The CPU that runs, as a LocalCpu.
  bool Enter() override;
  void Leave() override { ++left; }
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

 private:
  struct OpenedFile : uefi::File {
    MadeUpFirmware* owner = nullptr;
    std::string path;
  };
  template <typename Protocol>
  struct Owned : Protocol {
    MadeUpFirmware* owner = nullptr;
  };

  uefi::File* NewFile(std::string path);

  static uefi::Status VTPROBE_EFIAPI HandleProtocol(uefi::Handle handle, const uefi::Guid* guid,
                                                    void** found);
  static uefi::Status VTPROBE_EFIAPI LocateProtocol(const uefi::Guid* guid, void* registration,
                                                    void** found);
  static uefi::Status VTPROBE_EFIAPI LocateHandles(std::uint32_t how, const uefi::Guid* guid,
                                                   void* key, std::size_t* count,
                                                   uefi::Handle** handles);
  static uefi::Status VTPROBE_EFIAPI FreePool(void* buffer);
  static uefi::Status VTPROBE_EFIAPI Stall(std::size_t microseconds);
  static uefi::Status VTPROBE_EFIAPI GetTime(uefi::Time* time, void* capabilities);
  static uefi::Status VTPROBE_EFIAPI GetVariable(const char16_t* name, const uefi::Guid* vendor,
                                                 std::uint32_t* attributes, std::size_t* size,
                                                 void* data);
  static uefi::Status VTPROBE_EFIAPI ReadKey(uefi::TextInput* self, uefi::InputKey* key);
  static uefi::Status VTPROBE_EFIAPI OutputString(uefi::TextOutput* self, const char16_t* text);
  static uefi::Status VTPROBE_EFIAPI WriteSerial(uefi::SerialIo* self, std::size_t* size,
                                                 const void* buffer);
  static uefi::Status VTPROBE_EFIAPI OpenVolume(uefi::FileSystem* self, uefi::File** root);
  static uefi::Status VTPROBE_EFIAPI Open(uefi::File* self, uefi::File** opened,
                                          const char16_t* name, std::uint64_t mode,
                                          std::uint64_t attributes);
  static uefi::Status VTPROBE_EFIAPI Close(uefi::File* self);
  static uefi::Status VTPROBE_EFIAPI Remove(uefi::File* self);
  static uefi::Status VTPROBE_EFIAPI Write(uefi::File* self, std::size_t* size, const void* buffer);
  static uefi::Status VTPROBE_EFIAPI Flush(uefi::File* self);
  static uefi::Status VTPROBE_EFIAPI CountProcessors(uefi::MpServices* self, std::size_t* all,
                                                     std::size_t* enabled);
  static uefi::Status VTPROBE_EFIAPI Information(uefi::MpServices* self, std::size_t number,
                                                 uefi::ProcessorInformation* information);
  static uefi::Status VTPROBE_EFIAPI StartThis(uefi::MpServices* self, uefi::Procedure procedure,
                                               std::size_t number, uefi::Event event,
                                               std::size_t microseconds, void* argument,
                                               bool* finished);
  static uefi::Status VTPROBE_EFIAPI WhoAmI(uefi::MpServices* self, std::size_t* number);

  void* Find(uefi::Handle handle, const uefi::Guid& guid);

  ReplayBackend machine_;
  std::size_t cpus_;
  std::size_t running_ = 0;

  uefi::SystemTable table_{};
  uefi::BootServices boot_{};
  uefi::RuntimeServices runtime_{};
  Owned<uefi::TextInput> keyboard_{};
  Owned<uefi::TextOutput> screen_output_{};
  Owned<uefi::SerialIo> serial_io_{};
  Owned<uefi::FileSystem> volume_{};
  Owned<uefi::MpServices> mp_services_{};
  uefi::LoadedImage image_{};
  uefi::ShellParameters shell_{};
  std::vector<char16_t*> shell_words_;
  std::vector<std::uint8_t> image_path_bytes_;
  std::vector<std::uint8_t> terminal_path_bytes_;
};

}  // namespace vtprobe::efi

#endif  // VTPROBE_TESTS_EFI_MADE_UP_FIRMWARE_H_
