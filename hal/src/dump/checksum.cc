#include "dump/checksum.h"

// Into this file, so that who links the library needs no other one.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace vtprobe {

std::uint64_t Checksum(std::string_view bytes) {
  // Nothing need not have an address; what is there has one.
  return XXH64(bytes.empty() ? "" : &bytes.front(), bytes.size(), 0);
}

}  // namespace vtprobe
