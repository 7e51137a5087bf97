#include "store/content.h"

#include <zlib.h>

#include <new>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "vtprobe/hal/dump_limits.h"

namespace vtprobe::store {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;

Bytef* Begin(std::string_view bytes) {
  // zlib does not write to its input, and says so only if it is asked to (ZLIB_CONST).
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
}

}  // namespace

std::string ContentHash(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    digits[i] = kDigits[hash.high64 >> (60 - 4 * i) & 0xf];
    digits[16 + i] = kDigits[hash.low64 >> (60 - 4 * i) & 0xf];
  }
  return digits;
}

struct Packer::Stream {
  z_stream of{};
};

Packer::Packer() : stream_(std::make_unique<Stream>()) {
  // Recordings are small and many: what is set up for each counts more than its size.
  constexpr int kMemoryLevel = 6;
  if (::deflateInit2(&stream_->of, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Packer::~Packer() { ::deflateEnd(&stream_->of); }

std::string Packer::Packed(std::string_view text) {
  z_stream& stream = stream_->of;
  ::deflateReset(&stream);
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = Begin(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  // With room for the bound it can't fail but for want of memory.
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::bad_alloc();
  packed.resize(stream.total_out);
  return packed;
}

std::optional<std::string> Unpacked(std::string_view packed) {
  z_stream stream{};
  if (::inflateInit2(&stream, kGzip) != Z_OK) throw std::bad_alloc();
  stream.next_in = Begin(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text(8 * packed.size() + 1024, '\0');
  int result = Z_OK;
  while (result == Z_OK) {
    if (stream.total_out == text.size()) {
      if (text.size() > kLargestRecording) break;
      text.resize(2 * text.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + stream.total_out);
    stream.avail_out = static_cast<uInt>(text.size() - stream.total_out);
    result = ::inflate(&stream, Z_NO_FLUSH);
  }
  text.resize(stream.total_out);
  const bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
  ::inflateEnd(&stream);
  if (!is_whole || text.size() > kLargestRecording) return std::nullopt;
  return text;
}

}  // namespace vtprobe::store
