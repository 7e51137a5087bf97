#include "msrfs/device_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vtprobe::msrfs {
namespace {

constexpr std::size_t kMsrSize = sizeof(std::uint64_t);
constexpr std::size_t kLeafSize = sizeof(CpuidRegisters);
// A read is answered in pieces of at most this size, which the caller's is not.
constexpr std::size_t kLongest = std::size_t{64} << 10;

int ErrnoOf(AccessCode code) {
  switch (code) {
    case AccessCode::kGeneralProtection:
      return EIO;
    case AccessCode::kCpuOffline:
      return ENXIO;
    case AccessCode::kPermissionDenied:
      return EACCES;
    case AccessCode::kNoDriver:
      return ENODEV;
    case AccessCode::kLockedDown:
      return EPERM;
    case AccessCode::kShortRead:
      return 0;
    case AccessCode::kNotRecorded:
      return ENODATA;
    case AccessCode::kNotPinned:
      return EXDEV;
    case AccessCode::kMalformedDump:
      return EBADMSG;
    case AccessCode::kIo:
      return EREMOTEIO;
  }
  return EREMOTEIO;
}

// Whether everything that was recorded of a file failed in the same way.
class CommonError {
 public:
  template <typename Reading>
  void Add(const Reading& reading) {
    if (reading) {
      is_common_ = false;
    } else if (code_ == AccessCode::kNotRecorded) {
      code_ = reading.error();
    } else if (reading.error() != AccessCode::kNotRecorded) {
      is_common_ = is_common_ && reading.error() == code_;
    }
  }
  bool Is(AccessCode code) const { return is_common_ && code_ == code; }

 private:
  bool is_common_ = true;
  AccessCode code_ = AccessCode::kNotRecorded;
};

// Appends the answers to equal pieces of a read, until one fails.
template <typename Piece>
Answer InPieces(std::size_t size, std::size_t piece_size, const Piece& piece) {
  if (size % piece_size != 0) return {{}, EINVAL};
  Answer answer;
  size = std::min(size, kLongest);
  for (std::size_t done = 0; done < size; done += piece_size) {
    const auto value = piece(done / piece_size);
    if (!value) {
      if (done == 0) answer.sys_errno = ErrnoOf(value.error());
      return answer;
    }
    answer.bytes.resize(done + piece_size);
    const auto given = *value;
    std::memcpy(answer.bytes.data() + done, &given, piece_size);
  }
  return answer;
}

}  // namespace

DeviceAnswers::DeviceAnswers(const PlatformSnapshot& snapshot)
    : snapshot_(&snapshot), cpus_(snapshot.online().ToVector()) {
  const Selection recorded = snapshot.Everything();
  for (const LogicalCpu cpu : cpus_) {
    CommonError msr;
    for (const MsrAddress address : recorded.msrs) msr.Add(snapshot.Msr(cpu, address));
    CommonError cpuid;
    for (const auto& [leaf, mask] : recorded.cpuid) cpuid.Add(snapshot.Cpuid(cpu, leaf));
    const auto files = [](const CommonError& error, int refused) {
      return Files{.exists = !error.Is(AccessCode::kNoDriver),
                   .open_errno = error.Is(AccessCode::kPermissionDenied) ? refused : 0};
    };
    // Root without CAP_SYS_RAWIO is told EPERM; the cpuid driver asks for no
    // capability, and leaves it to the file's mode.
    msr_.push_back(files(msr, EPERM));
    cpuid_.push_back(files(cpuid, EACCES));
  }
}

const DeviceAnswers::Files& DeviceAnswers::FilesOf(LogicalCpu cpu, Node node) const {
  static constexpr Files kNone{.exists = false, .open_errno = ENOENT};
  const auto at = std::lower_bound(cpus_.begin(), cpus_.end(), cpu);
  if (at == cpus_.end() || *at != cpu) return kNone;
  return (node == Node::kMsr ? msr_ : cpuid_)[static_cast<std::size_t>(at - cpus_.begin())];
}

bool DeviceAnswers::Exists(LogicalCpu cpu, Node node) const { return FilesOf(cpu, node).exists; }

int DeviceAnswers::Open(LogicalCpu cpu, Node node) const { return FilesOf(cpu, node).open_errno; }

Answer DeviceAnswers::Read(LogicalCpu cpu, Node node, std::uint64_t offset,
                           std::size_t size) const {
  return node == Node::kMsr ? ReadMsr(cpu, offset, size) : ReadCpuid(cpu, offset, size);
}

Answer DeviceAnswers::ReadMsr(LogicalCpu cpu, std::uint64_t offset, std::size_t size) const {
  // The driver cuts the offset to 32 bits.
  const MsrAddress address{static_cast<std::uint32_t>(offset)};
  return InPieces(size, kMsrSize, [&](std::size_t) { return snapshot_->Msr(cpu, address); });
}

Answer DeviceAnswers::ReadCpuid(LogicalCpu cpu, std::uint64_t offset, std::size_t size) const {
  static_assert(kLeafSize == 16, "the driver's four registers of four bytes");
  const auto registers_at = [&](std::size_t index) -> tl::expected<CpuidRegisters, AccessCode> {
    const std::uint64_t position = offset + index;
    const CpuidReading reading = snapshot_->Cpuid(
        cpu, {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32)});
    if (!reading) return tl::unexpected(reading.error());
    const bool is_whole = reading->recorded == kAllCpuidRegisters;
    if (!is_whole) return tl::unexpected(AccessCode::kNotRecorded);
    return reading->registers;
  };
  return InPieces(size, kLeafSize, registers_at);
}

}  // namespace vtprobe::msrfs
