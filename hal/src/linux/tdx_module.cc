#include "linux/tdx_module.h"

#include "linux/host_file.h"

namespace vtprobe {

// Kernels that have the folder, which Linux of kernel.org does not, say there in a word
// what state the module is in; others say it in their log.
void ReadTdxModule(const std::filesystem::path& root, Metadata* metadata) {
  const auto status = ReadAttribute(root / "sys/firmware/tdx/tdx_module/status");
  if (status && status->find_first_not_of("abcdefghijklmnopqrstuvwxyz_-") == std::string::npos) {
    metadata->Set(meta::kTdxModule, *status);
  }
}

}  // namespace vtprobe
