// The tables that firmware gave this program, and how it finds protocols by them.

#ifndef VTPROBE_EFI_FIRMWARE_H_
#define VTPROBE_EFI_FIRMWARE_H_

#include <string>
#include <string_view>
#include <vector>

#include "uefi/image.h"
#include "uefi/tables.h"

namespace vtprobe::efi {

class Firmware {
 public:
  Firmware(uefi::Handle image, uefi::SystemTable* table) : image_(image), table_(table) {}

  uefi::Handle image() const { return image_; }
  const uefi::SystemTable& table() const { return *table_; }
  uefi::BootServices& boot() const { return *table_->boot; }

  // Null where the handle does not have it.
  template <typename Protocol>
  Protocol* On(uefi::Handle handle, const uefi::Guid& guid) const {
    void* found = nullptr;
    if (handle == nullptr || uefi::IsError(boot().handle_protocol(handle, &guid, &found))) {
      return nullptr;
    }
    return static_cast<Protocol*>(found);
  }
  // The first there is; null where there is none.
  template <typename Protocol>
  Protocol* Anywhere(const uefi::Guid& guid) const {
    void* found = nullptr;
    if (uefi::IsError(boot().locate_protocol(&guid, nullptr, &found))) return nullptr;
    return static_cast<Protocol*>(found);
  }
  std::vector<uefi::Handle> HandlesWith(const uefi::Guid& guid) const;

 private:
  uefi::Handle image_;
  uefi::SystemTable* table_;
};

// UCS-2, as firmware's strings are, up to its NUL; what it has no letter for is "?".
// [uefi/spec] 2.3.1
std::u16string ToUcs2(std::string_view utf8);
std::string FromUcs2(std::u16string_view text);

// A status in words: "the file system is full".
std::string Describe(uefi::Status status);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_FIRMWARE_H_
