#include "store/sqlite_library.h"

#include <string_view>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::store {

#ifdef VTPROBE_STATIC

tl::expected<SqliteLibrary, std::string> LoadSqlite() {
  SqliteLibrary table;
#define VTPROBE_FUNCTION(name) table.name = &::name;
  VTPROBE_SQLITE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  return table;
}

#else

tl::expected<SqliteLibrary, std::string> LoadSqlite() {
  constexpr std::string_view kPurpose = "stores are kept with SQLite";
  const std::string library = "libsqlite3.so.0";
  const auto loaded = DynamicLibrary::Load(library, kPurpose, "libsqlite3-0");
  if (!loaded) return tl::unexpected(loaded.error());
  SqliteLibrary table;
  bool is_complete = true;
#define VTPROBE_FUNCTION(name) is_complete = is_complete && loaded->Find(#name, &table.name);
  VTPROBE_SQLITE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

#endif

}  // namespace vtprobe::store
