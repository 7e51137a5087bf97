// Any bytes as a binary dump, as they are and with a size and a checksum that
// are right: it is refused, or it is a recording that survives being written in
// both forms.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "dump/checksum.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckDump(std::string_view bytes) {
  const auto snapshot = vtprobe::ParseBinaryDump(bytes);
  if (!snapshot) {
    Check(snapshot.error().offset <= bytes.size() && !snapshot.error().message.empty());
    return;
  }
  const auto from_text = vtprobe::ParseDump(vtprobe::WriteDump(*snapshot));
  Check(from_text.has_value() && *from_text == *snapshot);
  const auto from_bytes = vtprobe::ParseBinaryDump(vtprobe::WriteBinaryDump(*snapshot));
  Check(from_bytes.has_value() && *from_bytes == *snapshot);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  CheckDump(bytes);
  // A text among the seeds becomes one in binary.
  if (const auto text = vtprobe::ParseDump(bytes)) bytes = vtprobe::WriteBinaryDump(*text);
  if (bytes.size() < 32) return 0;
  const std::uint64_t whole = bytes.size();
  std::memcpy(bytes.data() + 16, &whole, sizeof whole);
  const std::uint64_t checksum = vtprobe::Checksum(std::string_view(bytes).substr(32));
  std::memcpy(bytes.data() + 24, &checksum, sizeof checksum);
  CheckDump(bytes);
  return 0;
}
