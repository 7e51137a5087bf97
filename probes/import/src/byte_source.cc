#include "byte_source.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <system_error>

#include "gzip_source.h"
#include "libarchive_source.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b"sv;
constexpr std::array kOthers = {"BZh"sv, "\xfd\x37zXZ\0"sv, "\x28\xb5\x2f\xfd"sv};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    const std::size_t count = rest_.copy(to, most);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int fd) : fd_(fd) {}

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    while (true) {
      const ssize_t count = ::read(fd_, to, most);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EAGAIN) {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, -1) >= 0) continue;
      }
      if (errno == EINTR) continue;
      return tl::unexpected("it can't be read: " + std::generic_category().message(errno));
    }
  }

 private:
  int fd_;
};

}  // namespace

ByteSourcePtr SourceOfMemory(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

ByteSourcePtr SourceOfDescriptor(int fd) { return std::make_unique<DescriptorSource>(fd); }

tl::expected<std::string_view, std::string> PeekableSource::Peek(std::size_t size) {
  while (beginning_.size() < size) {
    const std::size_t used = beginning_.size();
    beginning_.resize(size);
    const auto count = source_->Read(beginning_.data() + used, size - used);
    beginning_.resize(used + count.value_or(0));
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) break;
  }
  return beginning_;
}

tl::expected<std::size_t, std::string> PeekableSource::Read(char* to, std::size_t most) {
  if (at_ == beginning_.size()) return source_->Read(to, most);
  const std::size_t count = std::min(most, beginning_.size() - at_);
  std::memcpy(to, beginning_.data() + at_, count);
  at_ += count;
  return count;
}

bool IsCompressed(std::string_view beginning) {
  return beginning.starts_with(kGzip) ||
         std::any_of(kOthers.begin(), kOthers.end(),
                     [&](std::string_view signature) { return beginning.starts_with(signature); });
}

// [posix] pax, ustar Interchange Format: the header block of the first member
// holds the sum of its own bytes in octal, taken with blanks in the sum's place.
bool IsTar(std::string_view content) {
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kSum = 148;
  constexpr std::size_t kSumSize = 8;
  if (content.size() < kBlock) return false;
  const std::string_view header = content.substr(0, kBlock);
  std::string_view digits = header.substr(kSum, kSumSize);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  digits = digits.substr(0, digits.find_first_of(" \0"sv));
  const auto stated = ParseDigits<std::uint32_t>(digits, 8);
  if (!stated) return false;
  const auto add = [](std::uint32_t sum, char c) { return sum + static_cast<unsigned char>(c); };
  std::uint32_t sum = std::accumulate(header.begin(), header.end(), std::uint32_t{0}, add);
  const std::string_view field = header.substr(kSum, kSumSize);
  sum -= std::accumulate(field.begin(), field.end(), std::uint32_t{0}, add);
  return stated == sum + kSumSize * ' ';
}

tl::expected<ByteSourcePtr, std::string> Decompressed(ByteSourcePtr packed,
                                                      std::string_view beginning) {
  if (beginning.starts_with(kGzip)) return GzipSource(std::move(packed));
  return LibarchiveSource(std::move(packed));
}

}  // namespace vtprobe::import
