#include "hal/fake_msr_safe.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace vtprobe {
namespace {

// Descriptors stand above those that the process really has: two for the common
// files, then one for each CPU.
constexpr int kBatchFd = 1'000'000;
constexpr int kVersionFd = kBatchFd + 1;
constexpr int kFirstCpuFd = kBatchFd + 2;

}  // namespace

void FakeMsrSafe::Hold(LogicalCpu cpu, MsrAddress address, std::uint64_t value) {
  online_.insert(cpu);
  listed_.insert(address);
  registers_[{cpu, address}] = {value, false};
}

void FakeMsrSafe::Fault(LogicalCpu cpu, MsrAddress address) {
  Hold(cpu, address, 0);
  registers_[{cpu, address}].faults = true;
}

void FakeMsrSafe::Withhold(LogicalCpu cpu, MsrAddress address) {
  Hold(cpu, address, 0x5ec2e7);
  listed_.erase(address);
}

int FakeMsrSafe::Open(const std::string& path) {
  const std::string root = kRoot;
  if (path == root + "/msr_batch") return ++counts_.open, kBatchFd;
  if (path == root + "/msr_safe_version") {
    return version_.empty() ? -ENOENT : (++counts_.open, kVersionFd);
  }
  for (const LogicalCpu cpu : online_) {
    if (path == root + "/" + std::to_string(Number(cpu)) + "/msr_safe") {
      return ++counts_.open, kFirstCpuFd + static_cast<int>(Number(cpu));
    }
  }
  return -ENOENT;
}

std::int64_t FakeMsrSafe::Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) {
  if (fd == kVersionFd) {
    // With the NUL that ends it.
    const std::size_t count = std::min(buffer.size(), version_.size() + 1);
    std::memcpy(buffer.data(), version_.c_str(), count);
    return static_cast<std::int64_t>(count);
  }
  ++counts_.single_reads;
  const MsrAddress address{static_cast<std::uint32_t>(offset)};
  if (!listed_.contains(address)) return -EACCES;
  if (buffer.size() != 8) return -EINVAL;
  std::uint64_t value = 0;
  const int error =
      Execute(LogicalCpu{static_cast<std::uint32_t>(fd - kFirstCpuFd)}, address, &value);
  if (error != 0) return error;
  std::memcpy(buffer.data(), &value, sizeof(value));
  return sizeof(value);
}

int FakeMsrSafe::Verify(const MsrBatchOp& op) const {
  if (!online_.contains(LogicalCpu{op.cpu})) return -ENXIO;
  if (!listed_.contains(MsrAddress{op.address})) return -EACCES;
  return 0;
}

int FakeMsrSafe::Execute(LogicalCpu cpu, MsrAddress address, std::uint64_t* value) const {
  const auto found = registers_.find({cpu, address});
  if (found == registers_.end() || found->second.faults) return -EIO;
  *value = found->second.value;
  return 0;
}

int FakeMsrSafe::ReadMsrBatch(int fd, MsrBatchArray* batch) {
  if (fd != kBatchFd) return -ENOTTY;
  if (batch->count == 0) return -EINVAL;
  // From version 2 on the driver compares the major one.
  const auto major = static_cast<std::uint32_t>(version_[0] - '0');
  if (major >= 2 && batch->version >> 16 != major) return -ENOPROTOOPT;
  ++counts_.batches;
  const std::span<MsrBatchOp> ops(batch->ops, batch->count);
  int error = 0;
  for (MsrBatchOp& op : ops) {
    if (op.is_read == 0) ++counts_.writes;
    op.error = Verify(op);
    if (op.error != 0) error = op.error;
  }
  if (error != 0) return error;
  for (MsrBatchOp& op : ops) {
    std::uint64_t value = 0;
    op.error = Execute(LogicalCpu{op.cpu}, MsrAddress{op.address}, &value);
    if (op.error != 0) {
      if (error == 0) error = op.error;
    } else if (answers_elsewhere_) {
      op.address = static_cast<std::uint32_t>(value);
    } else {
      op.value = value;
    }
  }
  return error;
}

void FakeMsrSafe::Close(int) { --counts_.open; }

bool FakeMsrSafe::AnyCpuHasNode(const std::string& root, const std::string& node) {
  return root == kRoot && node == "msr_safe" && !online_.empty();
}

}  // namespace vtprobe
