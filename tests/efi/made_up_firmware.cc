#include "efi/made_up_firmware.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace vtprobe::efi {
namespace {

using uefi::Status;

MadeUpFirmware* current = nullptr;

// Handles are places: of the program (the firmware itself), of its volume and of the
// terminal.
char volume_handle = 0;
char terminal_handle = 0;

template <typename Owned, typename Protocol>
MadeUpFirmware& OwnerOf(Protocol* self) {
  return *static_cast<Owned*>(self)->owner;
}

void AppendNode(std::uint8_t type, std::uint8_t subtype, std::u16string_view text,
                std::vector<std::uint8_t>* path) {
  const std::size_t length = sizeof(uefi::DevicePath) + text.size() * sizeof(char16_t);
  path->insert(path->end(), {type, subtype, static_cast<std::uint8_t>(length),
                             static_cast<std::uint8_t>(length >> 8)});
  for (const char16_t letter : text) {
    path->push_back(static_cast<std::uint8_t>(letter));
    path->push_back(static_cast<std::uint8_t>(letter >> 8));
  }
}

}  // namespace

MadeUpFirmware::MadeUpFirmware(PlatformSnapshot machine)
    : machine_(std::move(machine)),
      cpus_(machine_.snapshot().online().Count() + machine_.snapshot().offline().Count()) {
  if (current != nullptr) throw std::logic_error("firmware is made up once at a time");
  current = this;
  boot_.handle_protocol = HandleProtocol;
  boot_.locate_protocol = LocateProtocol;
  boot_.locate_handle_buffer = LocateHandles;
  boot_.free_pool = FreePool;
  boot_.stall = Stall;
  runtime_.get_time = GetTime;
  runtime_.get_variable = GetVariable;
  keyboard_.read_key_stroke = ReadKey;
  keyboard_.owner = this;
  screen_output_.output_string = OutputString;
  screen_output_.owner = this;
  serial_io_.write = WriteSerial;
  serial_io_.owner = this;
  volume_.open_volume = OpenVolume;
  volume_.owner = this;
  mp_services_.get_number_of_processors = CountProcessors;
  mp_services_.get_processor_info = Information;
  mp_services_.startup_this_ap = StartThis;
  mp_services_.who_am_i = WhoAmI;
  mp_services_.owner = this;
  table_.firmware_vendor = u"Made up";
  table_.firmware_revision = 2u << 16 | 70;
  table_.console_in = &keyboard_;
  table_.console_out = &screen_output_;
  table_.runtime = &runtime_;
  table_.boot = &boot_;
  AppendNode(uefi::kMessagingPath, uefi::kUart, u"", &terminal_path_bytes_);
  AppendNode(uefi::kEndOfPath, 0xff, u"", &terminal_path_bytes_);
}

MadeUpFirmware::~MadeUpFirmware() { current = nullptr; }

bool MadeUpFirmware::Enter() {
  ++entered;
  return !do_not_catch.contains(running_);
}

Result<std::uint64_t> MadeUpFirmware::ReadMsr(LogicalCpu, MsrAddress address) {
  if (do_not_catch.contains(running_)) throw std::logic_error("a fault would have been fatal");
  const LogicalCpu cpu{static_cast<std::uint32_t>(running_)};
  if (faulting.contains({running_, Number(address)})) return Fail(AccessCode::kGeneralProtection);
  return machine_.ReadMsr(cpu, address);
}

Result<CpuidRegisters> MadeUpFirmware::ReadCpuid(LogicalCpu, CpuidLeaf leaf) {
  return machine_.ReadCpuid(LogicalCpu{static_cast<std::uint32_t>(running_)}, leaf);
}

void* MadeUpFirmware::Find(uefi::Handle handle, const uefi::Guid& guid) {
  if (handle == this && guid == uefi::kLoadedImage) {
    image_path_bytes_.clear();
    AppendNode(uefi::kMediaPath, uefi::kFilePath, image_path + u'\0', &image_path_bytes_);
    AppendNode(uefi::kEndOfPath, 0xff, u"", &image_path_bytes_);
    image_.device = has_volume ? &volume_handle : nullptr;
    image_.file_path = reinterpret_cast<const uefi::DevicePath*>(image_path_bytes_.data());
    image_.load_options = load_options.data();
    image_.load_options_size = static_cast<std::uint32_t>(load_options.size() * sizeof(char16_t));
    return &image_;
  }
  if (handle == this && guid == uefi::kShellParameters && shell_arguments) {
    shell_words_.clear();
    for (std::u16string& word : *shell_arguments) shell_words_.push_back(word.data());
    shell_ = {shell_words_.data(), shell_words_.size()};
    return &shell_;
  }
  if (handle == &volume_handle && guid == uefi::kFileSystem) return &volume_;
  if (handle == &terminal_handle && guid == uefi::kDevicePath) return terminal_path_bytes_.data();
  return nullptr;
}

Status MadeUpFirmware::HandleProtocol(uefi::Handle handle, const uefi::Guid* guid, void** found) {
  *found = current->Find(handle, *guid);
  return *found == nullptr ? uefi::kUnsupported : uefi::kSuccess;
}

Status MadeUpFirmware::LocateProtocol(const uefi::Guid* guid, void*, void** found) {
  *found = nullptr;
  if (*guid == uefi::kMpServices && current->has_mp_services) *found = &current->mp_services_;
  if (*guid == uefi::kSerialIo && current->has_serial) *found = &current->serial_io_;
  return *found == nullptr ? uefi::kNotFound : uefi::kSuccess;
}

Status MadeUpFirmware::LocateHandles(std::uint32_t, const uefi::Guid* guid, void*,
                                     std::size_t* count, uefi::Handle** handles) {
  if (*guid != uefi::kTextOutput || !current->screen_is_on_serial) return uefi::kNotFound;
  *count = 1;
  *handles = new uefi::Handle[1]{&terminal_handle};
  return uefi::kSuccess;
}

Status MadeUpFirmware::FreePool(void* buffer) {
  delete[] static_cast<uefi::Handle*>(buffer);
  return uefi::kSuccess;
}

Status MadeUpFirmware::Stall(std::size_t microseconds) {
  current->stalled_microseconds += microseconds;
  return uefi::kSuccess;
}

Status MadeUpFirmware::GetTime(uefi::Time* time, void*) {
  *time = current->time;
  return uefi::kSuccess;
}

Status MadeUpFirmware::GetVariable(const char16_t* name, const uefi::Guid*, std::uint32_t*,
                                   std::size_t* size, void* data) {
  const auto found = current->variables.find(name);
  if (found == current->variables.end()) return uefi::kNotFound;
  *size = 1;
  std::memcpy(data, &found->second, 1);
  return uefi::kSuccess;
}

Status MadeUpFirmware::ReadKey(uefi::TextInput* self, uefi::InputKey* key) {
  // A key is pressed while the program waits, and not before.
  MadeUpFirmware& owner = OwnerOf<Owned<uefi::TextInput>>(self);
  if (owner.keys.empty() || owner.stalled_microseconds == 0) return uefi::kNotReady;
  *key = {.scan_code = 0, .unicode = owner.keys.back()};
  owner.keys.pop_back();
  return uefi::kSuccess;
}

Status MadeUpFirmware::OutputString(uefi::TextOutput* self, const char16_t* text) {
  MadeUpFirmware& owner = OwnerOf<Owned<uefi::TextOutput>>(self);
  owner.screen += FromUcs2(text);
  if (owner.screen_is_on_serial) owner.serial += FromUcs2(text);
  return uefi::kSuccess;
}

Status MadeUpFirmware::WriteSerial(uefi::SerialIo* self, std::size_t* size, const void* buffer) {
  MadeUpFirmware& owner = OwnerOf<Owned<uefi::SerialIo>>(self);
  if (owner.serial_fails) {
    *size = 0;
    return *owner.serial_fails;
  }
  // A line takes what fits into its buffer.
  constexpr std::size_t kBuffer = 100;
  const bool all = *size <= kBuffer;
  *size = std::min(*size, kBuffer);
  owner.serial.append(static_cast<const char*>(buffer), *size);
  return all ? uefi::kSuccess : uefi::kTimeout;
}

uefi::File* MadeUpFirmware::NewFile(std::string path) {
  auto* const file = new OpenedFile();
  file->open = Open;
  file->close = Close;
  file->remove = Remove;
  file->write = Write;
  file->flush = Flush;
  file->owner = this;
  file->path = std::move(path);
  return file;
}

Status MadeUpFirmware::OpenVolume(uefi::FileSystem* self, uefi::File** root) {
  *root = OwnerOf<Owned<uefi::FileSystem>>(self).NewFile("\\");
  return uefi::kSuccess;
}

Status MadeUpFirmware::Open(uefi::File* self, uefi::File** opened, const char16_t* name,
                            std::uint64_t mode, std::uint64_t) {
  MadeUpFirmware& owner = OwnerOf<OpenedFile>(self);
  const std::string path = FromUcs2(name);
  const bool create = mode == uefi::kReadWriteCreate;
  if (!owner.files.contains(path)) {
    if (!create) return uefi::kNotFound;
    if (owner.refuses_to_create) return *owner.refuses_to_create;
    owner.files[path];
  } else if (create) {
    throw std::logic_error("a file that is there is opened to be written");
  }
  *opened = owner.NewFile(path);
  return uefi::kSuccess;
}

Status MadeUpFirmware::Close(uefi::File* self) {
  delete static_cast<OpenedFile*>(self);
  return uefi::kSuccess;
}

Status MadeUpFirmware::Remove(uefi::File* self) {
  OwnerOf<OpenedFile>(self).files.erase(static_cast<OpenedFile*>(self)->path);
  return Close(self);
}

Status MadeUpFirmware::Write(uefi::File* self, std::size_t* size, const void* buffer) {
  MadeUpFirmware& owner = OwnerOf<OpenedFile>(self);
  const bool fits = *size <= owner.free_bytes;
  *size = std::min(*size, owner.free_bytes);
  owner.free_bytes -= *size;
  owner.files[static_cast<OpenedFile*>(self)->path].append(static_cast<const char*>(buffer), *size);
  return fits ? uefi::kSuccess : uefi::kVolumeFull;
}

Status MadeUpFirmware::Flush(uefi::File*) { return uefi::kSuccess; }

Status MadeUpFirmware::CountProcessors(uefi::MpServices* self, std::size_t* all,
                                       std::size_t* enabled) {
  MadeUpFirmware& owner = OwnerOf<Owned<uefi::MpServices>>(self);
  owner.running_ = owner.here;
  *all = owner.cpus_;
  *enabled = owner.cpus_ - owner.disabled.size();
  return uefi::kSuccess;
}

Status MadeUpFirmware::Information(uefi::MpServices* self, std::size_t number,
                                   uefi::ProcessorInformation* information) {
  const MadeUpFirmware& owner = OwnerOf<Owned<uefi::MpServices>>(self);
  if (number >= owner.cpus_) return uefi::kNotFound;
  *information = {};
  if (number == owner.here) information->status |= uefi::kIsBsp;
  if (!owner.disabled.contains(number)) information->status |= uefi::kIsEnabled;
  if (!owner.unhealthy.contains(number)) information->status |= uefi::kIsHealthy;
  return uefi::kSuccess;
}

// [uefi/pi] volume 2, 13.4.5: not for the BSP, nor for a disabled one.
Status MadeUpFirmware::StartThis(uefi::MpServices* self, uefi::Procedure procedure,
                                 std::size_t number, uefi::Event, std::size_t, void* argument,
                                 bool*) {
  MadeUpFirmware& owner = OwnerOf<Owned<uefi::MpServices>>(self);
  if (number >= owner.cpus_) return uefi::kNotFound;
  if (number == owner.here || owner.disabled.contains(number)) return uefi::kInvalidParameter;
  const auto found = owner.refused.find(number);
  if (found != owner.refused.end()) return found->second;
  owner.running_ = number;
  procedure(argument);
  owner.running_ = owner.here;
  return uefi::kSuccess;
}

Status MadeUpFirmware::WhoAmI(uefi::MpServices* self, std::size_t* number) {
  *number = OwnerOf<Owned<uefi::MpServices>>(self).here;
  return uefi::kSuccess;
}

}  // namespace vtprobe::efi
