#include "gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace vtprobe::import {
namespace {

// 16 asks zlib for the gzip format, and no other. [zlib.h] inflateInit2
constexpr int kGzipOnly = 16 + MAX_WBITS;

class Gzip final : public ByteSource {
 public:
  explicit Gzip(ByteSourcePtr packed) : packed_(std::move(packed)) {
    is_ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~Gzip() override {
    if (is_ready_) inflateEnd(&stream_);
  }

  bool is_ready() const { return is_ready_; }

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    const auto size =
        static_cast<uInt>(std::min<std::size_t>(most, std::numeric_limits<uInt>::max()));
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = size;
    while (stream_.avail_out == size) {
      const auto more = HasMore();
      if (!more) return tl::unexpected(more.error());
      if (!*more) {
        if (is_between_members_) return 0;
        return tl::unexpected<std::string>("the archive is broken: its gzip data break off");
      }
      if (is_between_members_) {
        if (const auto found = StartMember(); !found || !*found) {
          if (!found) return tl::unexpected(found.error());
          continue;
        }
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        is_between_members_ = true;
        inflateReset(&stream_);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return tl::unexpected("the archive is broken: gzip: " +
                              std::string(stream_.msg == nullptr ? "damaged" : stream_.msg));
      }
    }
    return size - stream_.avail_out;
  }

 private:
  // Whether there is packed data; it is fetched when there is none.
  tl::expected<bool, std::string> HasMore() {
    if (stream_.avail_in > 0) return true;
    const auto count = packed_->Read(block_.data(), block_.size());
    if (!count) return tl::unexpected(count.error());
    stream_.next_in = reinterpret_cast<Bytef*>(block_.data());
    stream_.avail_in = static_cast<uInt>(*count);
    return *count > 0;
  }

  // Passes over zeros. False if there is nothing else yet.
  tl::expected<bool, std::string> StartMember() {
    constexpr Bytef kFirstByte = 0x1f;
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
      is_padded_ = true;
    }
    if (stream_.avail_in == 0) return false;
    if (is_padded_ || *stream_.next_in != kFirstByte) {
      return tl::unexpected<std::string>(
          "the archive is broken: something that is not gzip's stands behind its end");
    }
    is_between_members_ = false;
    return true;
  }

  ByteSourcePtr packed_;
  std::array<char, std::size_t{64} << 10> block_{};
  z_stream stream_{};
  bool is_ready_ = false;
  bool is_between_members_ = false;
  bool is_padded_ = false;
};

}  // namespace

tl::expected<ByteSourcePtr, std::string> GzipSource(ByteSourcePtr packed) {
  auto source = std::make_unique<Gzip>(std::move(packed));
  if (!source->is_ready()) return tl::unexpected<std::string>("zlib has no memory left");
  return source;
}

}  // namespace vtprobe::import
