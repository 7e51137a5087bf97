// A store in one file, of SQLite's.
//
// Its journal is a file beside it (SQLite's default), and not a log that is written
// ahead: that would leave two more files, need the right to write of who reads, and does
// not work where a store lies on a network. Who was killed leaves a journal, by which
// whoever opens the store next puts it back.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <utility>

#include "store/database.h"
#include "store/sqlite_library.h"

namespace vtprobe::store {
namespace {

// How long who changes a store waits for others who do, in milliseconds.
constexpr int kPatience = 3'600'000;

class Statement {
 public:
  Statement(const SqliteLibrary& sqlite, sqlite3_stmt* statement)
      : sqlite_(sqlite), statement_(statement) {}
  ~Statement() { sqlite_.sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  sqlite3_stmt* get() const { return statement_; }
  int Step() { return sqlite_.sqlite3_step(statement_); }
  void Reset() { sqlite_.sqlite3_reset(statement_); }

  // The texts have to stay until it is reset.
  void Bind(int place, const Parameter& parameter) {
    if (const auto* const number = std::get_if<std::int64_t>(&parameter)) {
      sqlite_.sqlite3_bind_int64(statement_, place, *number);
    } else if (const auto* const text = std::get_if<std::string_view>(&parameter)) {
      // A null pointer would be NULL.
      sqlite_.sqlite3_bind_text(statement_, place, text->empty() ? "" : text->data(),
                                static_cast<int>(text->size()), SQLITE_STATIC);
    } else if (const auto* const blob = std::get_if<Blob>(&parameter)) {
      sqlite_.sqlite3_bind_blob(statement_, place, blob->bytes.data(),
                                static_cast<int>(blob->bytes.size()), SQLITE_STATIC);
    } else {
      sqlite_.sqlite3_bind_null(statement_, place);
    }
  }

 private:
  const SqliteLibrary& sqlite_;
  sqlite3_stmt* statement_;
};

class SqliteRow final : public Row {
 public:
  SqliteRow(const SqliteLibrary& sqlite, const Statement& statement)
      : sqlite_(sqlite), statement_(statement.get()) {}

  std::int64_t Integer(int column) const override {
    return sqlite_.sqlite3_column_int64(statement_, column);
  }
  std::string Bytes(int column) const override {
    const void* const bytes = sqlite_.sqlite3_column_blob(statement_, column);
    const int size = sqlite_.sqlite3_column_bytes(statement_, column);
    if (bytes == nullptr || size <= 0) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  }

 private:
  const SqliteLibrary& sqlite_;
  sqlite3_stmt* statement_;
};

// Takes away a store that was made for nothing. Who makes stores in a folder has a lock
// on that, so that nobody else is about to fill it.
class MadeFile {
 public:
  explicit MadeFile(std::string path) : path_(std::move(path)) {
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    folder_ = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_ >= 0) ::flock(folder_, LOCK_SH);
    was_there_ = ::access(path_.c_str(), F_OK) == 0;
  }
  ~MadeFile() {
    struct stat status {};
    const bool is_for_nothing = !was_there_ && folder_ >= 0 &&
                                ::flock(folder_, LOCK_EX | LOCK_NB) == 0 &&
                                ::stat(path_.c_str(), &status) == 0 && status.st_size == 0;
    if (is_for_nothing) ::unlink(path_.c_str());
    if (folder_ >= 0) ::close(folder_);
  }
  MadeFile(const MadeFile&) = delete;
  MadeFile& operator=(const MadeFile&) = delete;

 private:
  std::string path_;
  int folder_ = -1;
  bool was_there_ = true;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(SqliteLibrary sqlite, std::string path)
      : sqlite_(sqlite), path_(std::move(path)) {}
  ~SqliteDatabase() override {
    statements_.clear();
    if (database_ != nullptr) sqlite_.sqlite3_close(database_);  // rolls back
  }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  OrFailure<void> Open(Use use) {
    if (use == Use::kMake) made_ = std::make_unique<MadeFile>(path_);
    const int flags = SQLITE_OPEN_READWRITE | (use == Use::kMake ? SQLITE_OPEN_CREATE : 0);
    int result = sqlite_.sqlite3_open_v2(path_.c_str(), &database_, flags, nullptr);
    if (result != SQLITE_OK && use == Use::kRead) {
      sqlite_.sqlite3_close(std::exchange(database_, nullptr));
      result = sqlite_.sqlite3_open_v2(path_.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr);
    }
    if (result != SQLITE_OK) return Failed();
    sqlite_.sqlite3_busy_timeout(database_, kPatience);
    // A file may be anybody's: nothing in its schema reaches beyond it.
    sqlite_.sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite_.sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // 64 MiB of pages are kept before they are written, and what is sorted stays here.
    auto set = Run("PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
    if (!set) return set;
    return Run(use == Use::kRead ? "BEGIN" : "BEGIN IMMEDIATE");
  }

  Dialect dialect() const override {
    return {"INTEGER", "BLOB",
            [](std::string_view column) { return fmt::format("json_each({}) AS one", column); }};
  }

  OrFailure<bool> HasTables() override {
    bool has_some = false;
    return Ask("SELECT 1 FROM sqlite_master", {},
               [&](const Row&) {
                 has_some = true;
                 return false;
               })
        .map([&] { return has_some; });
  }

  OrFailure<void> Run(const std::string& statements) override {
    const int result =
        sqlite_.sqlite3_exec(database_, statements.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return Failed();
    return {};
  }

  OrFailure<void> Ask(const char* text, std::initializer_list<Parameter> parameters,
                      const TakeRow& take) override {
    const auto prepared = Prepared(text);
    if (!prepared) return tl::unexpected(prepared.error());
    Statement& statement = **prepared;
    int place = 0;
    for (const Parameter& parameter : parameters) statement.Bind(++place, parameter);
    int result = SQLITE_ROW;
    bool goes_on = true;
    while (goes_on && (result = statement.Step()) == SQLITE_ROW) {
      goes_on = take(SqliteRow(sqlite_, statement));
    }
    OrFailure<void> done;
    if (result != SQLITE_ROW && result != SQLITE_DONE) done = Failed();
    statement.Reset();
    return done;
  }

  // To ask for the key by RETURNING costs as much as to insert the row: a table is made of
  // what is returned.
  OrFailure<std::int64_t> Insert(const char* text,
                                 std::initializer_list<Parameter> parameters) override {
    return Ask(text, parameters, [](const Row&) { return true; }).map([&] {
      return std::int64_t{sqlite_.sqlite3_last_insert_rowid(database_)};
    });
  }

  OrFailure<void> Commit() override { return Run("COMMIT"); }

  Failure Malformed(std::string_view words) const override {
    return {true, fmt::format("{}: {}", path_, words)};
  }

 private:
  tl::unexpected<Failure> Failed() const {
    if (database_ == nullptr) {
      return tl::unexpected(Failure{false, path_ + ": there is not enough memory"});
    }
    const int code = sqlite_.sqlite3_errcode(database_);
    return tl::unexpected(Failure{code == SQLITE_NOTADB || code == SQLITE_CORRUPT,
                                  fmt::format("{}: {}", path_, sqlite_.sqlite3_errmsg(database_))});
  }

  // Kept from the first time on.
  OrFailure<Statement*> Prepared(const char* text) {
    auto& statement = statements_[text];
    if (statement == nullptr) {
      sqlite3_stmt* made = nullptr;
      if (sqlite_.sqlite3_prepare_v2(database_, text, -1, &made, nullptr) != SQLITE_OK) {
        return Failed();
      }
      statement = std::make_unique<Statement>(sqlite_, made);
    }
    return statement.get();
  }

  SqliteLibrary sqlite_;
  std::string path_;
  std::unique_ptr<MadeFile> made_;
  sqlite3* database_ = nullptr;
  std::map<const char*, std::unique_ptr<Statement>> statements_;  // by the text's place
};

}  // namespace

OrFailure<std::unique_ptr<Database>> OpenSqlite(const std::string& path, Use use) {
  const auto sqlite = LoadSqlite();
  if (!sqlite) return tl::unexpected(Failure{false, sqlite.error()});
  auto database = std::make_unique<SqliteDatabase>(*sqlite, path);
  const auto opened = database->Open(use);
  if (!opened) return tl::unexpected(opened.error());
  return database;
}

}  // namespace vtprobe::store
