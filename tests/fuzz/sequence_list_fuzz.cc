// Any bytes as the list of a machine's recordings: it is refused at a place, or
// names some.

#include <cstdint>
#include <string_view>

#include "check.h"
#include "vtprobe/probes/sequence_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto names = vtprobe::ParseSequenceList(text);
  if (names) {
    vtprobe::Check(!names->empty() && names->size() <= vtprobe::kMostRecordings);
  } else {
    vtprobe::Check(names.error().line > 0 && names.error().column > 0 &&
                   !names.error().message.empty());
  }
  return 0;
}
