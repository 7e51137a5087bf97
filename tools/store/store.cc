#include "store/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/database.h"
#include "store/schema.h"

namespace vtprobe::store {
namespace {

using Parameters = std::initializer_list<Parameter>;

// Records that were told, by the number under which that was, and what those are kept
// under that some set has.
template <typename Record>
class Told {
 public:
  void Take(const std::vector<Record>& records) {
    for (const Record& record : records) {
      waiting_.emplace(static_cast<std::int64_t>(ids_.size()), record);
      ids_.push_back(kNone);
    }
  }

  // `keep` is asked for those that are not kept yet.
  template <typename Keep>
  OrFailure<std::int64_t> IdOf(std::int64_t number, const Keep& keep) {
    if (number < 0 || number >= static_cast<std::int64_t>(ids_.size())) {
      return tl::unexpected(Failure{false, "what is to be kept came damaged"});
    }
    std::int64_t& id = ids_[static_cast<std::size_t>(number)];
    if (id != kNone) return id;
    const auto waiting = waiting_.find(number);
    OrFailure<std::int64_t> kept = keep(waiting->second);
    if (!kept) return kept;
    waiting_.erase(waiting);
    return id = *kept;
  }

 private:
  static constexpr std::int64_t kNone = -1;

  std::vector<std::int64_t> ids_;
  std::unordered_map<std::int64_t, Record> waiting_;
};

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  OrFailure<bool> Add(const Recording& recording) override {
    Take(recording.answers);
    const auto machine =
        IdOf("SELECT id FROM machine WHERE name = $1", "INSERT INTO machine (name) VALUES ($1)",
             recording.machine, {recording.machine});
    if (!machine) return tl::unexpected(machine.error());
    const auto there =
        Find("SELECT id FROM recording WHERE machine = $1 AND hash = $2 AND copy = $3",
             {*machine, recording.hash, recording.copy});
    if (!there) return tl::unexpected(there.error());
    if (*there) return Remember(**there, false);
    const auto readings = IdOf(recording.answers.readings);
    if (!readings) return tl::unexpected(readings.error());
    const auto judgement = IdOf(recording.answers.judgement);
    if (!judgement) return tl::unexpected(judgement.error());
    const auto added = database_->Insert(
        "INSERT INTO recording (machine, hash, copy, name, told, place, earlier, time, "
        "reading_set, judgement, dump) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {*machine, recording.hash, recording.copy, recording.name, recording.told, recording.place,
         recording.earlier, OrNull(recording.time), *readings, *judgement, Blob{recording.dump}});
    if (!added) return tl::unexpected(added.error());
    return AddEarlier(*added, recording.earlier).map([&] { return Remember(*added, true); });
  }

  OrFailure<void> SetAnswers(std::int64_t id, const Answers& answers) override {
    Take(answers);
    const auto readings = IdOf(answers.readings);
    if (!readings) return tl::unexpected(readings.error());
    const auto judgement = IdOf(answers.judgement);
    if (!judgement) return tl::unexpected(judgement.error());
    replaces_ = true;
    return Do("UPDATE recording SET reading_set = $1, judgement = $2 WHERE id = $3",
              {*readings, *judgement, id});
  }

  OrFailure<void> ForEach(const std::function<bool(Kept)>& take) override {
    std::optional<Failure> failure;
    auto done = database_->Ask(
        "SELECT recording.id, place, earlier, told, fewest, most, of_machine, names, "
        "recording.name, machine.name, coalesce(time, ''), dump "
        "FROM recording JOIN machine ON machine.id = recording.machine "
        "JOIN (SELECT machine, count(*) AS of_machine, count(DISTINCT name) AS names, "
        "min(told) AS fewest, max(told) AS most FROM recording GROUP BY machine) AS every "
        "ON every.machine = recording.machine",
        {}, [&](const Row& row) {
          Kept kept = KeptOf(row);
          const auto with = DumpsBefore(kept.id, row.Integer(2), &kept.dumps);
          if (!with) failure = with.error();
          if (failure) return false;
          kept.dumps.push_back(row.Bytes(11));
          return take(std::move(kept));
        });
    if (failure) return tl::unexpected(*failure);
    return done;
  }

  OrFailure<void> Commit() override {
    if (replaces_) {
      const auto each = database_->dialect().each;
      auto done = database_->Run(
          fmt::format("DELETE FROM judgement WHERE id NOT IN (SELECT judgement FROM recording);"
                      "DELETE FROM reading_set WHERE id NOT IN (SELECT reading_set FROM recording);"
                      "DELETE FROM finding WHERE id NOT IN "
                      "(SELECT CAST(one.value AS BIGINT) FROM judgement CROSS JOIN {});"
                      "DELETE FROM reading WHERE id NOT IN "
                      "(SELECT CAST(one.value AS BIGINT) FROM reading_set CROSS JOIN {})",
                      each("judgement.findings"), each("reading_set.readings")));
      if (!done) return done;
    }
    return database_->Commit();
  }

 private:
  OrFailure<void> Do(const char* statement, Parameters parameters) {
    return database_->Ask(statement, parameters, [](const Row&) { return true; });
  }

  OrFailure<std::optional<std::int64_t>> Find(const char* statement, Parameters parameters) {
    std::optional<std::int64_t> id;
    return database_
        ->Ask(statement, parameters,
              [&](const Row& row) {
                id = row.Integer(0);
                return true;
              })
        .map([&] { return id; });
  }

  // By what nothing else has, and inserted if it is not there.
  OrFailure<std::int64_t> IdOf(const char* find, const char* insert, std::string_view key,
                               Parameters parameters) {
    const auto found = Find(find, {key});
    if (!found) return tl::unexpected(found.error());
    if (*found) return **found;
    return database_->Insert(insert, parameters);
  }

  void Take(const Answers& answers) {
    values_.Take(answers.told_values);
    findings_.Take(answers.told_findings);
  }

  OrFailure<std::int64_t> IdOf(const Value& value) {
    return IdOf("SELECT id FROM reading WHERE hash = $1",
                "INSERT INTO reading (hash, register, address, cpus, value, error) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                value.hash,
                {value.hash, value.reg, value.address, value.cpus, OrNull(value.value),
                 OrNull(value.error)});
  }

  OrFailure<std::int64_t> IdOf(const RuleFinding& finding) {
    return IdOf("SELECT id FROM finding WHERE hash = $1",
                "INSERT INTO finding (hash, rule, outcome, severity, cpus, message) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                finding.hash,
                {finding.hash, finding.rule, finding.outcome, finding.severity, finding.cpus,
                 finding.message});
  }

  // As a JSON array of what they are kept under.
  template <typename Record>
  OrFailure<std::string> ArrayOf(const std::vector<std::int64_t>& numbers, Told<Record>* told) {
    std::string array = "[";
    for (const std::int64_t number : numbers) {
      const auto id = told->IdOf(number, [&](const Record& record) { return this->IdOf(record); });
      if (!id) return tl::unexpected(id.error());
      if (array.size() > 1) array += ',';
      array += std::to_string(*id);
    }
    return array + ']';
  }

  OrFailure<std::int64_t> IdOf(const Readings& readings) {
    const auto there = Find("SELECT id FROM reading_set WHERE hash = $1", {readings.hash});
    if (!there) return tl::unexpected(there.error());
    if (*there) return **there;
    return ArrayOf(readings.values, &values_).and_then([&](const std::string& values) {
      return database_->Insert(
          "INSERT INTO reading_set (hash, board, model, signature, firmware, "
          "firmware_date, microcode, readings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          {readings.hash, OrNull(readings.board), OrNull(readings.model),
           OrNull(readings.signature), OrNull(readings.firmware), OrNull(readings.firmware_date),
           OrNull(readings.microcode), values});
    });
  }

  OrFailure<std::int64_t> IdOf(const Judgement& judgement) {
    const auto there = Find("SELECT id FROM judgement WHERE hash = $1", {judgement.hash});
    if (!there) return tl::unexpected(there.error());
    if (*there) return **there;
    return ArrayOf(judgement.findings, &findings_).and_then([&](const std::string& findings) {
      return database_->Insert(
          "INSERT INTO judgement (hash, tool_version, usable, state, exit_code, findings) "
          "VALUES ($1, $2, $3, $4, $5, $6)",
          {judgement.hash, judgement.tool_version, judgement.usable, judgement.state,
           judgement.exit_code, findings});
    });
  }

  OrFailure<void> AddEarlier(std::int64_t recording, std::int64_t count) {
    const auto before = static_cast<std::int64_t>(last_added_.size());
    for (std::int64_t place = 0; place < count && count <= before; ++place) {
      auto done =
          Do("INSERT INTO earlier_recording (recording, place, earlier) VALUES ($1, $2, $3)",
             {recording, place, last_added_[static_cast<std::size_t>(before - count + place)]});
      if (!done) return done;
    }
    return {};
  }

  bool Remember(std::int64_t id, bool is_new) {
    constexpr std::size_t kMostInOrder = 10'000;  // of recordings of one machine
    last_added_.push_back(id);
    if (last_added_.size() > kMostInOrder) last_added_.pop_front();
    return is_new;
  }

  // What a report over the files calls it, as long as it is the only one of its machine
  // or all of them were told alike.
  static Kept KeptOf(const Row& row) {
    const std::string told = row.Bytes(3);
    const bool is_only = row.Integer(6) == 1;
    const bool told_alike = row.Bytes(4) == row.Bytes(5) && (is_only || !told.empty());
    const bool names_tell = row.Integer(7) == row.Integer(6);
    const std::string time = row.Bytes(10);
    Kept kept{.id = row.Integer(0),
              .name = row.Bytes(8),
              .machine = told_alike ? told : row.Bytes(9),
              .place = row.Integer(1),
              .dumps = {}};
    if (!names_tell) kept.name += '@' + (time.empty() ? std::to_string(kept.id) : time);
    return kept;
  }

  OrFailure<void> DumpsBefore(std::int64_t id, std::int64_t count,
                              std::vector<std::string>* dumps) {
    if (count == 0) return {};
    return database_->Ask(
        "SELECT dump FROM earlier_recording JOIN recording ON recording.id = "
        "earlier_recording.earlier WHERE earlier_recording.recording = $1 "
        "ORDER BY earlier_recording.place",
        {id}, [&](const Row& row) {
          dumps->push_back(row.Bytes(0));
          return true;
        });
  }

  std::unique_ptr<Database> database_;
  Told<Value> values_;
  Told<RuleFinding> findings_;
  std::deque<std::int64_t> last_added_;  // in the order in which they came
  bool replaces_ = false;
};

}  // namespace

bool IsPostgres(std::string_view name) {
  return name.starts_with("postgresql://") || name.starts_with("postgres://");
}

OrFailure<std::unique_ptr<Store>> OpenStore(const std::string& name, Use use) {
  auto database = IsPostgres(name) ? OpenPostgres(name, use) : OpenSqlite(name, use);
  if (!database) return tl::unexpected(std::move(database.error()));
  const auto prepared = PrepareTables(database->get(), use);
  if (!prepared) return tl::unexpected(prepared.error());
  return std::make_unique<SqlStore>(*std::move(database));
}

bool NamesStore(const std::string& name) {
  if (IsPostgres(name)) return true;
  constexpr std::string_view kMagic("SQLite format 3\0", 16);  // [sqlite/fileformat2] 1.3.1
  const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return false;
  struct stat status {};
  std::array<char, kMagic.size()> beginning{};
  const bool is_store = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                        ::pread(file, beginning.data(), beginning.size(), 0) ==
                            static_cast<ssize_t>(beginning.size()) &&
                        kMagic == std::string_view(beginning.data(), beginning.size());
  ::close(file);
  return is_store;
}

}  // namespace vtprobe::store
