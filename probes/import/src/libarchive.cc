#include "libarchive.h"

#include <string_view>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::import {

#ifdef VTPROBE_STATIC

tl::expected<LibArchive, std::string> LoadLibArchive(const std::string&) {
  LibArchive table;
#define VTPROBE_FUNCTION(name) table.name = &::name;
  VTPROBE_LIBARCHIVE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  return table;
}

#else

tl::expected<LibArchive, std::string> LoadLibArchive(const std::string& library) {
  constexpr std::string_view kPurpose = "archives are read with libarchive";
  const auto loaded = DynamicLibrary::Load(library, kPurpose, "libarchive13");
  if (!loaded) return tl::unexpected(loaded.error());
  LibArchive table;
  bool is_complete = true;
#define VTPROBE_FUNCTION(name) is_complete = is_complete && loaded->Find(#name, &table.name);
  VTPROBE_LIBARCHIVE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

#endif

}  // namespace vtprobe::import
