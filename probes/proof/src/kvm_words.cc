#include "kvm_words.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace vtprobe {
namespace {

std::string TextOf(int error) { return std::generic_category().message(-error); }

// [linux] include/uapi/linux/kvm.h, KVM_INTERNAL_ERROR_*
std::string_view SuberrorText(std::uint32_t suberror) {
  switch (suberror) {
    case KVM_INTERNAL_ERROR_EMULATION:
      return "it could not emulate an instruction";
    case KVM_INTERNAL_ERROR_SIMUL_EX:
      return "two exceptions at a time";
    case KVM_INTERNAL_ERROR_DELIVERY_EV:
      return "an event could not be delivered";
    case KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON:
      return "the CPU gave a reason for leaving the guest that KVM does not know";
    default:
      return "it does not say which";
  }
}

}  // namespace

std::string WhyNotOpened(int error) {
  switch (-error) {
    case ENOENT:
      return "there is no /dev/kvm: KVM is not loaded, or this kernel has none";
    case ENODEV:
    case ENXIO:
      return "nothing stands behind /dev/kvm: KVM's module is not loaded, or refused this machine "
             "(the kernel's log says why)";
    case EACCES:
    case EPERM:
      return "this user may not open /dev/kvm: join the group kvm, or run as root";
    default:
      return fmt::format("/dev/kvm can't be opened: {}", TextOf(error));
  }
}

GuestRun Refusal(std::string_view request, int error) {
  GuestRun run{GuestOutcome::kRefused, fmt::format("{}: {}", request, TextOf(error)), false};
  // [linux] virt/kvm/kvm_main.c switches the extension on with the first virtual
  // machine; vmx.c answers EBUSY where CR4.VMXE is set already.
  if (error == -EBUSY) {
    run.is_busy = true;
    run.reason += " (another hypervisor, such as VirtualBox or VMware, holds the extension)";
  }
  return run;
}

GuestRun OtherEnd(const kvm_run& run) {
  switch (run.exit_reason) {
    case KVM_EXIT_FAIL_ENTRY:
      return {GuestOutcome::kRefused,
              fmt::format("the CPU refused to enter the guest: hardware_entry_failure_reason {:#x}",
                          std::uint64_t{run.fail_entry.hardware_entry_failure_reason}),
              false};
    case KVM_EXIT_INTERNAL_ERROR:
      return {GuestOutcome::kRefused,
              fmt::format("KVM gave up (internal error {}): {}", run.internal.suberror,
                          SuberrorText(run.internal.suberror)),
              false};
    case KVM_EXIT_SHUTDOWN:
      return {GuestOutcome::kWrong, "the guest shut down, as after a triple fault", false};
    default:
      return {GuestOutcome::kWrong,
              fmt::format("the guest left by KVM's exit reason {} and not by HLT", run.exit_reason),
              false};
  }
}

}  // namespace vtprobe
