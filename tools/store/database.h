// What a store asks of a database, in SQL that all of them understand: parameters are
// $1, $2 and so on, in the order in which they first stand in the statement.

#ifndef VTPROBE_TOOLS_STORE_DATABASE_H_
#define VTPROBE_TOOLS_STORE_DATABASE_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "store/store.h"

namespace vtprobe::store {

struct Null {};
struct Blob {
  std::string_view bytes;
};
using Parameter = std::variant<Null, std::int64_t, std::string_view, Blob>;

// NULL stands for what is not recorded.
inline Parameter OrNull(std::string_view text) {
  if (text.empty()) return Null();
  return text;
}

// A row of an answer, while it is looked at. NULL is 0, or an empty text.
class Row {
 public:
  virtual ~Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  virtual std::int64_t Integer(int column) const = 0;
  virtual std::string Bytes(int column) const = 0;

 protected:
  Row() = default;
};

// How a database spells what differs.
struct Dialect {
  std::string_view id_type;    // of a key that it numbers by itself
  std::string_view blob_type;  // of bytes
  // Of a column that is a JSON array, the table `one` with its entries as `value`.
  std::string (*each)(std::string_view column);
};

// A connection with a transaction on it, which is rolled back when this goes. Not
// thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  virtual Dialect dialect() const = 0;
  // Whether there is a table at all.
  virtual OrFailure<bool> HasTables() = 0;
  // Statements without parameters, which answer nothing.
  virtual OrFailure<void> Run(const std::string& statements) = 0;
  // One statement, whose text stays where it is; `take` is given each row of its answer,
  // and returns whether to go on. It may itself ask.
  using TakeRow = std::function<bool(const Row&)>;
  virtual OrFailure<void> Ask(const char* statement, std::initializer_list<Parameter> parameters,
                              const TakeRow& take) = 0;
  // The same of one that inserts a row into a table whose key `id` the database makes: that
  // key.
  virtual OrFailure<std::int64_t> Insert(const char* statement,
                                         std::initializer_list<Parameter> parameters) = 0;
  virtual OrFailure<void> Commit() = 0;
  // In words that begin with the store's name.
  virtual Failure Malformed(std::string_view words) const = 0;

 protected:
  Database() = default;
};

OrFailure<std::unique_ptr<Database>> OpenSqlite(const std::string& path, Use use);
// Of a connection URI, as libpq takes it.
OrFailure<std::unique_ptr<Database>> OpenPostgres(const std::string& uri, Use use);

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_DATABASE_H_
