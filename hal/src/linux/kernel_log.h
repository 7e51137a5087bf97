// What the kernel said while it booted.
//
// Some facts are told nowhere else. A message that is there proves its fact; a
// missing one proves something only in a log that reaches back to the kernel's
// first line, since the ring buffer overwrites its oldest messages.

#ifndef VTPROBE_HAL_SRC_LINUX_KERNEL_LOG_H_
#define VTPROBE_HAL_SRC_LINUX_KERNEL_LOG_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vtprobe {

// Whether the kernel logged a message that starts so since it booted. Nothing
// if the log can't be read, or lacks the message and its own beginning.
//
// /dev/kmsg is asked first, then /var/log/dmesg, where some distributions keep
// the boot's messages; that file counts only if it was written in this boot.
// What processes wrote into the log (any of root's may) is not the kernel's
// word and does not count.
std::optional<bool> KernelLogged(const std::filesystem::path& root, std::string_view message);

// What the kernel said of virtualization: the messages of the code that reads
// the switches (x86/cpu) and of KVM's modules.
struct KernelMessages {
  std::vector<std::string> lines;  // each once, in the order of the log, the first few
  bool complete = false;           // the log reaches back to the kernel's first line
};

// From the same places. Nothing if no log can be read.
std::optional<KernelMessages> ReadVirtualizationMessages(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_KERNEL_LOG_H_
