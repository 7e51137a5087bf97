#include "linux/device_files.h"

#include <cerrno>
#include <utility>

#include "vtprobe/hal/cpu_device_files.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

// A signal may interrupt any call; nothing was done then.
template <typename Call>
auto RepeatIfInterrupted(Call call) {
  auto result = call();
  while (result == -EINTR) result = call();
  return result;
}

}  // namespace

DeviceFiles::DeviceFiles(std::string root, std::string node, OwnMeaning own_meaning,
                         std::unique_ptr<DeviceCalls> calls)
    : root_(std::move(root)),
      node_(std::move(node)),
      own_meaning_(own_meaning),
      calls_(std::move(calls)) {}

DeviceFiles::~DeviceFiles() {
  fds_.ForEachOpen([this](int fd) { calls_->Close(fd); });
}

Result<void> DeviceFiles::ReadBytes(LogicalCpu cpu, std::uint64_t offset,
                                    std::span<std::byte> buffer) {
  const Result<int> fd = OpenedFd(cpu);
  if (!fd) return tl::unexpected<AccessError>(fd.error());

  const std::int64_t count =
      RepeatIfInterrupted([&] { return calls_->Pread(*fd, buffer, offset); });
  if (count < 0) return Fail(MeaningOfRead(static_cast<int>(-count)));
  if (static_cast<std::size_t>(count) != buffer.size()) return Fail(AccessCode::kShortRead);
  return {};
}

AccessCode DeviceFiles::MeaningOfRead(int sys_errno) const {
  if (const std::optional<AccessCode> own = own_meaning_(sys_errno)) return *own;
  return sys_errno == ENXIO ? AccessCode::kCpuOffline : AccessCode::kIo;
}

void DeviceFiles::OpenAll(const CpuSet& cpus) {
  for (const LogicalCpu cpu : cpus.ToVector()) {
    if (Number(cpu) > kMaxCpuNumber) continue;
    const int fd = Open(cpu);
    if (fd >= 0) driver_.store(Driver::kPresent, std::memory_order_relaxed);
    // Looked for now, while there are the rights to do so.
    if (fd == -ENOENT) DriverIsPresent();
    fds_.SlotOf(cpu).store(fd >= 0 ? fd : FdTable::Refused(-fd), std::memory_order_release);
  }
}

int DeviceFiles::Open(LogicalCpu cpu) {
  const std::string path = root_ + "/" + std::to_string(Number(cpu)) + "/" + node_;
  return RepeatIfInterrupted([&] { return calls_->Open(path); });
}

Result<int> DeviceFiles::OpenedFd(LogicalCpu cpu) {
  // No kernel makes a node for such a number, and the table has no place for it.
  if (Number(cpu) > kMaxCpuNumber) return Fail(WhyNotOpened(ENOENT));

  FdTable::Slot& slot = fds_.SlotOf(cpu);
  int kept = slot.load(std::memory_order_acquire);
  if (FdTable::IsOpen(kept)) return kept;
  if (const int refusal = FdTable::RefusalOf(kept); refusal != 0) {
    return Fail(WhyNotOpened(refusal));
  }

  const int fd = Open(cpu);
  if (fd < 0) return Fail(WhyNotOpened(-fd));
  driver_.store(Driver::kPresent, std::memory_order_relaxed);
  if (slot.compare_exchange_strong(kept, fd, std::memory_order_acq_rel)) return fd;
  // Another thread opened the same CPU's file meanwhile.
  calls_->Close(fd);
  return kept;
}

AccessCode DeviceFiles::WhyNotOpened(int sys_errno) {
  return vtprobe::WhyNotOpened(sys_errno, [this] { return DriverIsPresent(); });
}

// The search walks all CPUs, so it is made once and not for each of them. A
// driver that is loaded later shows itself at the first file that opens.
bool DeviceFiles::DriverIsPresent() {
  Driver driver = driver_.load(std::memory_order_relaxed);
  if (driver == Driver::kUnknown) {
    const Driver found = calls_->AnyCpuHasNode(root_, node_) ? Driver::kPresent : Driver::kAbsent;
    // Not over what another thread learnt meanwhile by opening a file.
    if (driver_.compare_exchange_strong(driver, found, std::memory_order_relaxed)) driver = found;
  }
  return driver == Driver::kPresent;
}

}  // namespace vtprobe
