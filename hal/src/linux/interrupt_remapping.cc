#include "linux/interrupt_remapping.h"

#include <cstddef>
#include <system_error>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

// A large machine has some ten thousand; a folder without end costs no more.
constexpr std::size_t kMaxInterrupts = std::size_t{1} << 16;

}  // namespace

std::string_view ReadInterruptRemapping(const std::filesystem::path& root) {
  const std::filesystem::path interrupts = root / "sys/kernel/irq";
  if (!IsFolder(interrupts)) return {};
  bool is_direct = false;
  std::size_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(interrupts, error), end;
       !error && entry != end && count < kMaxInterrupts; entry.increment(error), ++count) {
    const auto controller = ReadAttribute(entry->path() / "chip_name");
    if (!controller) continue;
    if (controller->starts_with("IR-")) return "on";
    is_direct |= controller->starts_with("IO-APIC") || controller->starts_with("PCI-MSI");
  }
  return is_direct ? "off" : "";
}

}  // namespace vtprobe
