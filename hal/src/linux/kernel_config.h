// How the running kernel was configured.
//
// Who wrote IA32_FEATURE_CONTROL can only be told if it is known whether the
// kernel had a reason to: Linux >= 5.6 sets the VMX bit only if KVM_INTEL is
// built. "Not built" is a strong statement, since it clears the kernel of
// suspicion, so a configuration that may be incomplete never makes it.

#ifndef VTPROBE_HAL_SRC_LINUX_KERNEL_CONFIG_H_
#define VTPROBE_HAL_SRC_LINUX_KERNEL_CONFIG_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vtprobe {

class KernelConfig {
 public:
  // Nothing for a text that is no kernel configuration: some line is neither
  // blank nor a comment nor a setting, or there is no setting at all.
  static std::optional<KernelConfig> Parse(std::string text);

  // Whether everything up to the library options is there. Kconfig has written
  // their heading after virtualization and security in all kernels that have
  // KVM, and it ends each line with a newline.
  bool complete() const { return complete_; }

  // 'y', 'm' or 'n' for a tristate or boolean such as "CONFIG_KVM_INTEL".
  // Kconfig leaves out what another setting rules out, so a complete
  // configuration says 'n' by silence; an incomplete one says nothing.
  std::optional<char> Setting(std::string_view option) const;

 private:
  KernelConfig(std::string text, bool complete) : text_(std::move(text)), complete_(complete) {}

  std::string text_;
  bool complete_;
};

// The running kernel's configuration, from where the kernel itself, Debian,
// SUSE and Arch, or Fedora keep it: the first that is complete, else the first
// that is one. The kernel's own copy comes first, as a file named after a
// release may belong to another build of it. `release` is what uname -r says;
// without it only /proc/config.gz can be found.
std::optional<KernelConfig> ReadKernelConfig(const std::filesystem::path& root,
                                             const std::optional<std::string>& release);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_KERNEL_CONFIG_H_
