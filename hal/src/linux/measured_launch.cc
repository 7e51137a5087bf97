#include "linux/measured_launch.h"

#include "linux/kernel_log.h"

namespace vtprobe {

std::optional<bool> ReadMeasuredLaunch(const std::filesystem::path& root,
                                       const std::optional<KernelConfig>& config) {
  if (config && config->Setting("CONFIG_INTEL_TXT") == 'n') return false;
  return KernelLogged(root, "tboot: found shared page");
}

}  // namespace vtprobe
