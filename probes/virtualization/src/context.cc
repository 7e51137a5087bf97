#include "context.h"

#include <charconv>

namespace vtprobe {

std::optional<KernelVersion> ParseKernelRelease(std::string_view release) {
  const char* const end = release.data() + release.size();
  KernelVersion version;
  const auto major = std::from_chars(release.data(), end, version.major);
  if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc{}) return std::nullopt;
  return version;
}

Context ContextOf(const Metadata& metadata) {
  Context context;
  const auto stage = metadata.Get(meta::kStage);
  if (stage == "pre-os") context.stage = Stage::kPreOs;
  if (stage == "os") context.stage = Stage::kOs;
  if (stage == "guest") context.stage = Stage::kGuest;
  if (const auto kernel = metadata.Get(meta::kKernel)) context.kernel = ParseKernelRelease(*kernel);
  if (context.kernel) {
    context.kernel_name = "Linux " + std::to_string(context.kernel->major) + "." +
                          std::to_string(context.kernel->minor);
  }
  if (const auto built = metadata.Get(meta::kKvmIntel)) context.kvm_intel_built = *built != "n";
  if (const auto measured = metadata.Get(meta::kMeasuredLaunch)) {
    context.measured_launch = *measured == "yes";
  }
  return context;
}

}  // namespace vtprobe
