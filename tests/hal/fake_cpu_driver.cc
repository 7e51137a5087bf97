#include "hal/fake_cpu_driver.h"

#include <algorithm>
#include <cerrno>

namespace vtprobe {
namespace {

// Descriptors start above those that the process really has.
constexpr int kFirstFd = 1'000'000;

}  // namespace

FakeCpuDriver::Registers& FakeCpuDriver::RegistersOf(LogicalCpu cpu) {
  paths_.emplace(kRoot + ('/' + std::to_string(Number(cpu)) + '/' + node_), cpu);
  return cpus_[cpu];
}

void FakeCpuDriver::Hold(LogicalCpu cpu, std::uint64_t offset, std::span<const std::byte> value) {
  RegistersOf(cpu)[offset] = {{value.begin(), value.end()}, 0};
}

void FakeCpuDriver::FailRead(LogicalCpu cpu, std::uint64_t offset, int sys_errno) {
  RegistersOf(cpu)[offset] = {{}, sys_errno};
}

void FakeCpuDriver::ShortenRead(LogicalCpu cpu, std::uint64_t offset, std::size_t bytes) {
  RegistersOf(cpu)[offset] = {std::vector<std::byte>(bytes), 0};
}

int FakeCpuDriver::Open(const std::string& path) {
  const auto found = paths_.find(path);
  if (found == paths_.end()) return -ENOENT;
  ++open_count_;
  return kFirstFd + static_cast<int>(Number(found->second));
}

std::int64_t FakeCpuDriver::Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) {
  const auto cpu = cpus_.find(LogicalCpu{static_cast<std::uint32_t>(fd - kFirstFd)});
  if (cpu == cpus_.end()) return -EBADF;
  if (buffer.empty() || buffer.size() % register_size_ != 0) return -EINVAL;
  std::size_t count = 0;
  while (count < buffer.size()) {
    const auto found = cpu->second.find(offset);
    if (found == cpu->second.end()) return -EIO;
    const Register& held = found->second;
    if (held.sys_errno != 0) return -held.sys_errno;
    std::copy(held.value.begin(), held.value.end(),
              buffer.begin() + static_cast<std::ptrdiff_t>(count));
    count += held.value.size();
    if (held.value.size() < register_size_) break;
    // The cpuid driver goes on to the next leaf, the msr driver reads the same
    // register again.
    if (node_ == "cpuid") ++offset;
  }
  return static_cast<std::int64_t>(count);
}

void FakeCpuDriver::Close(int) { --open_count_; }

bool FakeCpuDriver::AnyCpuHasNode(const std::string& root, const std::string& node) {
  return root == kRoot && node == node_ && !paths_.empty();
}

}  // namespace vtprobe
