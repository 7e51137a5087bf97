#include "vtprobe/hal/msr_driver.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "linux/posix_device_calls.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/hal/msr_safe_reader.h"

namespace vtprobe {
namespace {

bool CanOpenAny(const CpuSet& cpus, const std::string& root, const std::string& node) {
  PosixDeviceCalls calls;
  const std::vector<LogicalCpu> all = cpus.ToVector();
  return std::any_of(all.begin(), all.end(), [&](LogicalCpu cpu) {
    const int fd = calls.Open(root + "/" + std::to_string(Number(cpu)) + "/" + node);
    if (fd >= 0) calls.Close(fd);
    return fd >= 0;
  });
}

}  // namespace

MsrDriver OpenMsrDriver(const CpuSet& cpus, const std::string& device_root) {
  if (!CanOpenAny(cpus, device_root, "msr") && CanOpenAny(cpus, device_root, "msr_safe")) {
    auto reader = std::make_unique<MsrSafeReader>(device_root);
    reader->OpenAll(cpus);
    return {std::move(reader), /*checks_each_read=*/true};
  }
  auto reader = std::make_unique<LinuxMsrReader>(device_root);
  reader->OpenAll(cpus);
  return {std::move(reader), /*checks_each_read=*/false};
}

}  // namespace vtprobe
