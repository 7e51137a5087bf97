#include "linux/msr_batch_device.h"

#include <array>
#include <cerrno>
#include <numeric>
#include <optional>
#include <string_view>

#include "linux/msr_batch.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

// A register that the list lacks is found out by the first attempt; whatever
// spoils the second one would spoil the next.
constexpr int kAttempts = 2;

// "2.0.0" as the driver's number for it: a byte for each part, from the lowest
// on. Nothing for a major version whose structures are not known here.
std::optional<std::uint32_t> KnownVersion(std::string_view text) {
  std::array<std::uint8_t, 3> parts{};
  for (std::uint8_t& part : parts) {
    const auto number = TakeDigits<std::uint8_t>(&text, 10);
    if (!number) return std::nullopt;
    part = *number;
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (parts[0] != 1 && parts[0] != 2) return std::nullopt;
  return std::uint32_t{parts[0]} << 16 | std::uint32_t{parts[1]} << 8 | parts[2];
}

std::optional<std::uint32_t> ReadVersion(const std::string& root, DeviceCalls& calls) {
  const int fd = calls.Open(root + "/msr_safe_version");
  if (fd < 0) return std::nullopt;
  std::array<std::byte, 32> bytes;
  const std::int64_t count = calls.Pread(fd, bytes, 0);
  calls.Close(fd);
  if (count <= 0) return std::nullopt;
  return KnownVersion(
      {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(count)});
}

// What came back is what was sent, with an answer in it: a driver of another
// layout would have put that elsewhere.
bool IsAnswered(const MsrBatchOp& op, LogicalCpu cpu, MsrAddress address) {
  const MsrBatchOp sent = MsrBatchOp::Read(cpu, address);
  return op.error == 0 && op.cpu == sent.cpu && op.is_read == sent.is_read &&
         op.address == sent.address;
}

}  // namespace

std::unique_ptr<MsrBatchDevice> MsrBatchDevice::Open(const std::string& root, DeviceCalls& calls) {
  const auto version = ReadVersion(root, calls);
  if (!version) return nullptr;
  const int fd = calls.Open(root + "/msr_batch");
  if (fd < 0) return nullptr;
  return std::unique_ptr<MsrBatchDevice>(new MsrBatchDevice(fd, *version, calls));
}

MsrBatchDevice::~MsrBatchDevice() { calls_.Close(fd_); }

std::vector<std::size_t> MsrBatchDevice::Read(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                                              std::span<Result<std::uint64_t>> answers) const {
  std::vector<std::size_t> places(addresses.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (Number(cpu) > kMaxCpuNumber) return places;

  std::vector<std::size_t> refused;
  std::vector<MsrBatchOp> ops;
  ops.reserve(places.size());
  for (int attempt = 0; attempt < kAttempts && !places.empty(); ++attempt) {
    ops.clear();
    for (const std::size_t place : places) ops.push_back(MsrBatchOp::Read(cpu, addresses[place]));
    MsrBatchArray batch{static_cast<std::uint32_t>(ops.size()), version_, ops.data()};
    const bool is_read = calls_.ReadMsrBatch(fd_, &batch) == 0;
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (is_read && IsAnswered(ops[i], cpu, addresses[places[i]])) {
        answers[places[i]] = ops[i].value;
      } else if (is_read || ops[i].error != 0) {
        refused.push_back(places[i]);
      } else {
        left.push_back(places[i]);
      }
    }
    places = std::move(left);
  }
  refused.insert(refused.end(), places.begin(), places.end());
  return refused;
}

}  // namespace vtprobe
