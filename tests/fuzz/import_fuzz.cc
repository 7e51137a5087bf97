// Any bytes as a file of every format: each importer refuses it with a reason,
// or makes a recording of it that survives being written. An importer that is
// added is fuzzed from then on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "text_encoding.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/import/importer.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vtprobe::import;
  const std::string text =
      WithUsualEncoding(std::string(reinterpret_cast<const char*>(data), size));
  Check(!HasUnusualEncoding(text));
  const std::vector<File> files = {{"pu0", text}};
  Options options;
  options.msr = vtprobe::MsrAddress{0x3a};
  for (const Importer* const importer : AllImporters()) {
    importer->detect(files.front());
    const auto imported = importer->import(files, options);
    if (imported) {
      const auto again = vtprobe::ParseDump(vtprobe::WriteDump(imported->snapshot));
      Check(again.has_value() && *again == imported->snapshot);
    } else {
      Check(!imported.error().message.empty());
    }
  }
  return 0;
}
