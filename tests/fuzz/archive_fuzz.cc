// Any bytes as an archive, also put behind a compression that is whole: it is
// refused, or its members are read, and no more than was allowed.

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "unpack.h"
#include "vtprobe/import/recording.h"

namespace {

using vtprobe::Check;
namespace import = vtprobe::import;

constexpr std::size_t kMost = std::size_t{4} << 20;

void Open(const std::string& bytes) {
  if (!import::IsArchive(bytes)) return;
  import::Allowance allowance({}, kMost);
  const auto unpacked = import::Unpack({"fuzz", bytes}, &allowance);
  if (!unpacked) {
    Check(unpacked.error().file == "fuzz" && !unpacked.error().message.empty());
    return;
  }
  Check(!unpacked->members.empty() || unpacked->is_tar);
  std::size_t size = 0;
  for (const import::Member& member : unpacked->members) {
    Check(!member.path.empty());
    size += member.content.size();
  }
  Check(size <= kMost);
  import::Allowance again({}, kMost);
  const auto recording = import::ReadRecording({{"fuzz", bytes, true}}, nullptr, {}, &again);
  Check(recording || !recording.error().message.empty());
}

// [ietf/rfc1952] by zlib, with nothing packed, so that a fuzzer sees through it.
std::string Gzipped(std::string_view bytes) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  Check(deflateInit2(&stream, Z_NO_COMPRESSION, Z_DEFLATED, kGzip, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  // Blocks of what is not packed have 5 bytes each in front.
  std::string packed(bytes.size() + bytes.size() / 100 + 1024, '\0');
  stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  Check(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Open(bytes);
  Open(Gzipped(bytes));
  return 0;
}
