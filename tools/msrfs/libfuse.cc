#include "msrfs/libfuse.h"

#include <string_view>
#include <utility>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::msrfs {

#ifdef VTPROBE_STATIC

tl::expected<LibFuse, std::string> LoadLibFuse(const std::string&) {
  LibFuse table;
  table.fuse_session_new = &LinkedSessionNew;
#define VTPROBE_FUNCTION(name) table.name = &::name;
  VTPROBE_LIBFUSE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  return table;
}

#else

tl::expected<LibFuse, std::string> LoadLibFuse(const std::string& library) {
  constexpr std::string_view kPurpose = "a dump is served with libfuse3";
  // Debian's, where the headers that this was built with come from: the library is
  // as a rule the one beside them.
  constexpr std::string_view kPackage =
      FUSE_VERSION < FUSE_MAKE_VERSION(3, 17) ? "libfuse3-3" : "libfuse3-4";
  const auto loaded = DynamicLibrary::Load(library, kPurpose, kPackage);
  if (!loaded) return tl::unexpected(loaded.error());
  LibFuse table;
  bool is_complete = loaded->Find("fuse_session_new", &table.fuse_session_new);
#define VTPROBE_FUNCTION(name) is_complete = is_complete && loaded->Find(#name, &table.name);
  VTPROBE_LIBFUSE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

#endif

const tl::expected<LibFuse, std::string>& LoadedLibFuse() {
  // What is used here is the same in 3.17, which calls itself .so.4, and before.
  static const auto kLoaded = [] {
    auto newest = LoadLibFuse("libfuse3.so.4");
    return newest ? std::move(newest) : LoadLibFuse("libfuse3.so.3");
  }();
  return kLoaded;
}

}  // namespace vtprobe::msrfs
