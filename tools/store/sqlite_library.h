// SQLite, loaded when a store is opened.

#ifndef VTPROBE_TOOLS_STORE_SQLITE_LIBRARY_H_
#define VTPROBE_TOOLS_STORE_SQLITE_LIBRARY_H_

#include <sqlite3.h>

#include <string>
#include <tl/expected.hpp>

namespace vtprobe::store {

// The functions that a store calls, under their names in the library.
#define VTPROBE_SQLITE_FUNCTIONS(EACH) \
  EACH(sqlite3_bind_blob)              \
  EACH(sqlite3_bind_int64)             \
  EACH(sqlite3_bind_null)              \
  EACH(sqlite3_bind_text)              \
  EACH(sqlite3_busy_timeout)           \
  EACH(sqlite3_close)                  \
  EACH(sqlite3_column_blob)            \
  EACH(sqlite3_column_bytes)           \
  EACH(sqlite3_column_int64)           \
  EACH(sqlite3_db_config)              \
  EACH(sqlite3_errcode)                \
  EACH(sqlite3_errmsg)                 \
  EACH(sqlite3_exec)                   \
  EACH(sqlite3_file_control)           \
  EACH(sqlite3_finalize)               \
  EACH(sqlite3_last_insert_rowid)      \
  EACH(sqlite3_open_v2)                \
  EACH(sqlite3_prepare_v2)             \
  EACH(sqlite3_reset)                  \
  EACH(sqlite3_step)

struct SqliteLibrary {
#define VTPROBE_FUNCTION(name) decltype(&::name) name = nullptr;
  VTPROBE_SQLITE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
};

// Loads it, or says why it can't be. A program that is one static file
// (VTPROBE_STATIC) has it in itself.
tl::expected<SqliteLibrary, std::string> LoadSqlite();

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_SQLITE_LIBRARY_H_
