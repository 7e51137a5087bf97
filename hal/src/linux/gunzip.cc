#include "linux/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace vtprobe {
namespace {

// 16 asks zlib for the gzip format, and no other. [zlib.h] inflateInit2
constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kFirstUnpackedBytes = std::size_t{1} << 16;

// Inflates all of the stream's input in steps, each as large as all before. A
// stream that needs more room than allowed ends as one that is cut short does:
// zlib reports that it makes no progress.
std::optional<std::string> InflateAll(z_stream* stream, std::size_t max_bytes) {
  std::string content;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t used = content.size();
    content.resize(std::min(used + std::max(used, kFirstUnpackedBytes), max_bytes));
    stream->next_out = reinterpret_cast<Bytef*>(content.data() + used);
    stream->avail_out = static_cast<uInt>(content.size() - used);
    status = inflate(stream, Z_NO_FLUSH);
    content.resize(content.size() - stream->avail_out);
  }
  if (status != Z_STREAM_END) return std::nullopt;
  return content;
}

}  // namespace

std::optional<std::string> Gunzip(std::string_view packed, std::size_t max_bytes) {
  static constexpr std::size_t kMaxLength = std::numeric_limits<uInt>::max();
  if (packed.size() > kMaxLength || max_bytes > kMaxLength) return std::nullopt;
  z_stream stream{};
  stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return std::nullopt;
  auto content = InflateAll(&stream, max_bytes);
  inflateEnd(&stream);
  return content;
}

}  // namespace vtprobe
