#include "context.h"

#include "vtprobe/hal/numbers.h"

namespace vtprobe {

std::optional<KernelVersion> ParseKernelRelease(std::string_view release) {
  const auto major = TakeDigits<unsigned>(&release, 10);
  if (!major || !release.starts_with('.')) return std::nullopt;
  release.remove_prefix(1);
  const auto minor = TakeDigits<unsigned>(&release, 10);
  if (!minor) return std::nullopt;
  return KernelVersion{*major, *minor};
}

Context ContextOf(const PlatformSnapshot& snapshot) {
  const Metadata& metadata = snapshot.metadata();
  Context context;
  context.stage = StageOf(metadata);
  context.partition = FindHostPartition(snapshot);
  if (const auto kernel = metadata.Get(meta::kKernel)) context.kernel = ParseKernelRelease(*kernel);
  if (context.kernel) {
    context.kernel_name = "Linux " + std::to_string(context.kernel->major) + "." +
                          std::to_string(context.kernel->minor);
  }
  if (const auto built = metadata.Get(meta::kKvmIntel)) context.kvm_intel_built = *built != "n";
  if (const auto measured = metadata.Get(meta::kMeasuredLaunch)) {
    context.measured_launch = *measured == "yes";
  }
  if (const auto boot = metadata.Get(meta::kBoot)) context.cold_boot = *boot == "cold";
  return context;
}

}  // namespace vtprobe
