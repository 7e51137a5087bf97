// What a person sees, and what a serial line carries.

#ifndef VTPROBE_EFI_CONSOLE_H_
#define VTPROBE_EFI_CONSOLE_H_

#include <string_view>

#include "firmware.h"
#include "uefi/console.h"

namespace vtprobe::efi {

class Console {
 public:
  explicit Console(const Firmware& firmware);

  // On the screen and on the serial line, where firmware does not show the screen there
  // anyway.
  void Print(std::string_view text) const;
  // On the serial line alone, byte by byte as it stands. False where there is none, or
  // it does not take all.
  bool Serial(std::string_view text) const;
  // Until a key is pressed, or so long.
  void WaitForKey(unsigned seconds) const;

 private:
  const Firmware& firmware_;
  uefi::SerialIo* serial_ = nullptr;
  bool screen_is_on_serial_ = false;
};

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_CONSOLE_H_
