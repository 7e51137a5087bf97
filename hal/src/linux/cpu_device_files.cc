#include "vtprobe/hal/cpu_device_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace vtprobe {
namespace {

bool IsCpuNumber(const std::string& name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace

AccessCode WhyNotOpened(int sys_errno, const std::function<bool()>& driver_is_present) {
  switch (sys_errno) {
    case ENOENT:
      return driver_is_present() ? AccessCode::kCpuOffline : AccessCode::kNoDriver;
    case EPERM:
    case EACCES:
      return AccessCode::kPermissionDenied;
    case ENXIO:
      return AccessCode::kCpuOffline;
    default:
      return AccessCode::kIo;
  }
}

bool AnyCpuHasNode(const std::string& root, const std::string& node) {
  std::error_code error;
  std::filesystem::directory_iterator folder(root, error);
  for (; !error && folder != std::filesystem::directory_iterator(); folder.increment(error)) {
    const std::filesystem::path& cpu = folder->path();
    std::error_code ignored;
    if (IsCpuNumber(cpu.filename().string()) && std::filesystem::exists(cpu / node, ignored)) {
      return true;
    }
  }
  return false;
}

}  // namespace vtprobe
