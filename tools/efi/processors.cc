#include "processors.h"

#include <algorithm>
#include <cstddef>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe::efi {
namespace {

// What is asked of a CPU takes milliseconds, in an emulator hundreds of them. One
// that does not come back must not keep those behind it from being read.
constexpr std::size_t kMicrosecondsForACpu = 10'000'000;

void VTPROBE_EFIAPI Run(void* procedure) {
  (*static_cast<const std::function<void()>*>(procedure))();
}

std::string WhyOutOfUse(std::uint32_t status) {
  if ((status & uefi::kIsHealthy) == 0) return "unhealthy";
  if ((status & uefi::kIsEnabled) == 0) return "disabled";
  return "";
}

}  // namespace

Processors::Processors(const Firmware& firmware)
    : services_(firmware.Anywhere<uefi::MpServices>(uefi::kMpServices)) {
  std::size_t count = 0;
  std::size_t enabled = 0;
  std::size_t here = 0;
  if (services_ == nullptr ||
      uefi::IsError(services_->get_number_of_processors(services_, &count, &enabled)) ||
      uefi::IsError(services_->who_am_i(services_, &here)) || here >= count) {
    all_.push_back({.number = 0, .is_here = true});
    return;
  }
  counted_ = true;
  count = std::min<std::size_t>(count, kMaxCpuNumber + 1);
  for (std::size_t i = 0; i < count; ++i) {
    Processor processor{.number = static_cast<std::uint32_t>(i), .is_here = i == here};
    uefi::ProcessorInformation information{};
    const uefi::Status status = services_->get_processor_info(services_, i, &information);
    // One of which firmware does not say is tried.
    if (!uefi::IsError(status) && i != here) {
      processor.out_of_use = WhyOutOfUse(information.status);
    }
    all_.push_back(std::move(processor));
  }
}

uefi::Status Processors::RunOn(const Processor& processor,
                               const std::function<void()>& procedure) const {
  if (processor.is_here) {
    procedure();
    return uefi::kSuccess;
  }
  // Firmware takes a pointer to what is not constant, and Run() changes nothing.
  void* const argument = const_cast<std::function<void()>*>(&procedure);  // NOLINT
  return services_->startup_this_ap(services_, Run, processor.number, nullptr, kMicrosecondsForACpu,
                                    argument, nullptr);
}

}  // namespace vtprobe::efi
