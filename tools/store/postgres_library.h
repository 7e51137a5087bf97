// libpq, the library of PostgreSQL's clients, loaded when a store of its is opened.

#ifndef VTPROBE_TOOLS_STORE_POSTGRES_LIBRARY_H_
#define VTPROBE_TOOLS_STORE_POSTGRES_LIBRARY_H_

#include <libpq-fe.h>

#include <string>
#include <tl/expected.hpp>

namespace vtprobe::store {

// The functions that a store calls, under their names in the library.
#define VTPROBE_POSTGRES_FUNCTIONS(EACH) \
  EACH(PQclear)                          \
  EACH(PQconnectdb)                      \
  EACH(PQerrorMessage)                   \
  EACH(PQexec)                           \
  EACH(PQexecPrepared)                   \
  EACH(PQfinish)                         \
  EACH(PQgetisnull)                      \
  EACH(PQgetlength)                      \
  EACH(PQgetvalue)                       \
  EACH(PQntuples)                        \
  EACH(PQprepare)                        \
  EACH(PQresultStatus)                   \
  EACH(PQsetNoticeProcessor)             \
  EACH(PQstatus)

struct PostgresLibrary {
#define VTPROBE_FUNCTION(name) decltype(&::name) name = nullptr;
  VTPROBE_POSTGRES_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
};

// Loads it, or says why it can't be. A program that is one static file
// (VTPROBE_STATIC) can load nothing.
tl::expected<PostgresLibrary, std::string> LoadPostgres();

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_POSTGRES_LIBRARY_H_
