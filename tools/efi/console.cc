#include "console.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "uefi/image.h"

namespace vtprobe::efi {
namespace {

// A terminal is a text output whose device path goes over a UART.
bool IsSerialTerminal(const Firmware& firmware, uefi::Handle handle) {
  const auto* node = firmware.On<uefi::DevicePath>(handle, uefi::kDevicePath);
  while (node != nullptr && node->type != uefi::kEndOfPath) {
    if (node->type == uefi::kMessagingPath && node->subtype == uefi::kUart) return true;
    const std::size_t length = node->length[0] | std::size_t{node->length[1]} << 8;
    if (length < sizeof *node) return false;
    node = reinterpret_cast<const uefi::DevicePath*>(reinterpret_cast<const std::byte*>(node) +
                                                     length);
  }
  return false;
}

// Firmware's lines end in CR LF.
std::string WithCarriageReturns(std::string_view text) {
  std::string lines;
  for (const char c : text) {
    if (c == '\n') lines += '\r';
    lines += c;
  }
  return lines;
}

}  // namespace

Console::Console(const Firmware& firmware)
    : firmware_(firmware), serial_(firmware.Anywhere<uefi::SerialIo>(uefi::kSerialIo)) {
  const std::vector<uefi::Handle> outputs = firmware.HandlesWith(uefi::kTextOutput);
  screen_is_on_serial_ = std::any_of(outputs.begin(), outputs.end(), [&](uefi::Handle handle) {
    return IsSerialTerminal(firmware, handle);
  });
}

void Console::Print(std::string_view text) const {
  const std::string lines = WithCarriageReturns(text);
  uefi::TextOutput* const screen = firmware_.table().console_out;
  if (screen != nullptr) screen->output_string(screen, ToUcs2(lines).c_str());
  if (!screen_is_on_serial_) Serial(text);
}

bool Console::Serial(std::string_view text) const {
  if (serial_ == nullptr) return false;
  const std::string lines = WithCarriageReturns(text);
  std::string_view rest = lines;
  // A line that nobody reads answers kTimeout and may have taken a part.
  for (unsigned tries = 0; !rest.empty() && tries < 3;) {
    std::size_t size = rest.size();
    const uefi::Status status = serial_->write(serial_, &size, rest.data());
    if (uefi::IsError(status) && status != uefi::kTimeout) return false;
    size = std::min(size, rest.size());
    tries = size == 0 ? tries + 1 : 0;
    rest.remove_prefix(size);
  }
  return rest.empty();
}

void Console::WaitForKey(unsigned seconds) const {
  constexpr unsigned kTicks = 20;
  uefi::TextInput* const keys = firmware_.table().console_in;
  if (keys == nullptr) return;
  uefi::InputKey key{};
  // What was typed before does not count.
  while (!uefi::IsError(keys->read_key_stroke(keys, &key))) {
  }
  for (unsigned tick = 0; tick < seconds * kTicks; ++tick) {
    if (!uefi::IsError(keys->read_key_stroke(keys, &key))) return;
    firmware_.boot().stall(1'000'000 / kTicks);
  }
}

}  // namespace vtprobe::efi
