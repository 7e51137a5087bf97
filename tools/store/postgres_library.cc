#include "store/postgres_library.h"

#include <string_view>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::store {

#ifdef VTPROBE_STATIC

tl::expected<PostgresLibrary, std::string> LoadPostgres() {
  return tl::unexpected(std::string(
      "stores in PostgreSQL are reached with libpq, which is not built into the one static file: "
      "install vtprobe's package, or name a file"));
}

#else

tl::expected<PostgresLibrary, std::string> LoadPostgres() {
  constexpr std::string_view kPurpose = "stores in PostgreSQL are reached with libpq";
  const std::string library = "libpq.so.5";
  const auto loaded = DynamicLibrary::Load(library, kPurpose, "libpq5");
  if (!loaded) return tl::unexpected(loaded.error());
  PostgresLibrary table;
  bool is_complete = true;
#define VTPROBE_FUNCTION(name) is_complete = is_complete && loaded->Find(#name, &table.name);
  VTPROBE_POSTGRES_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

#endif

}  // namespace vtprobe::store
