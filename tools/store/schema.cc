#include "store/schema.h"

#include <fmt/format.h>

#include <string_view>

namespace vtprobe::store {
namespace {

// Of tables and views; a store of another is refused.
constexpr std::int64_t kVersion = 1;

// {0}: the type of a key, {1}: of bytes; {2} and {3}: the numbers in a set of readings,
// and in a judgement. A fleet's machines are much the same, and those of their registers
// that are not are another few in each: so a set is an array of numbers and not rows,
// each of which would be as large as a value. Tables have singular names, and views, which
// people ask, plural ones. A recording is the last column, so that who asks for what
// stands before it does not read it.
constexpr const char* kTables = R"sql(
CREATE TABLE vtprobe_store (version BIGINT NOT NULL);
CREATE TABLE machine (
  id {0} PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE reading_set (
  id {0} PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  board TEXT, model TEXT, signature TEXT, firmware TEXT, firmware_date TEXT, microcode TEXT,
  readings TEXT NOT NULL
);
CREATE TABLE reading (
  id {0} PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  register TEXT NOT NULL, address TEXT NOT NULL, cpus TEXT NOT NULL,
  value TEXT, error TEXT
);
CREATE TABLE judgement (
  id {0} PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  tool_version TEXT NOT NULL, usable TEXT NOT NULL, state TEXT NOT NULL, exit_code BIGINT NOT NULL,
  findings TEXT NOT NULL
);
CREATE TABLE finding (
  id {0} PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL, outcome TEXT NOT NULL, severity TEXT NOT NULL, cpus TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE TABLE recording (
  id {0} PRIMARY KEY,
  machine BIGINT NOT NULL REFERENCES machine(id),
  hash TEXT NOT NULL, copy BIGINT NOT NULL,
  name TEXT NOT NULL, told TEXT NOT NULL, place BIGINT NOT NULL, earlier BIGINT NOT NULL,
  time TEXT,
  reading_set BIGINT NOT NULL REFERENCES reading_set(id),
  judgement BIGINT NOT NULL REFERENCES judgement(id),
  dump {1} NOT NULL,
  UNIQUE (machine, hash, copy)
);
CREATE TABLE earlier_recording (
  recording BIGINT NOT NULL REFERENCES recording(id),
  place BIGINT NOT NULL,
  earlier BIGINT NOT NULL REFERENCES recording(id),
  PRIMARY KEY (recording, place)
);
CREATE VIEW recordings AS
  SELECT recording.id AS recording, machine.name AS machine, recording.name AS name,
    recording.time AS time, recording.place AS place, board, model, signature, firmware,
    firmware_date, microcode, usable, state, exit_code, tool_version, recording.hash AS hash,
    recording.dump AS dump
  FROM recording
  JOIN machine ON machine.id = recording.machine
  JOIN reading_set ON reading_set.id = recording.reading_set
  JOIN judgement ON judgement.id = recording.judgement;
CREATE VIEW machines AS
  SELECT machine, recordings, recording AS last_recording, time AS last_time, board, model,
    signature, firmware, firmware_date, microcode, usable, state, exit_code
  FROM (SELECT every.*, count(*) OVER (PARTITION BY machine) AS recordings,
      row_number() OVER (PARTITION BY machine
        ORDER BY place DESC, coalesce(time, '') DESC, recording DESC) AS from_last
    FROM recordings AS every) AS ordered
  WHERE from_last = 1;
CREATE VIEW findings AS
  SELECT recording.id AS recording, machine.name AS machine, recording.time AS time, rule, outcome,
    severity, cpus, message
  FROM recording
  JOIN machine ON machine.id = recording.machine
  JOIN judgement ON judgement.id = recording.judgement
  CROSS JOIN {3}
  JOIN finding ON finding.id = CAST(one.value AS BIGINT);
CREATE VIEW register_values AS
  SELECT recording.id AS recording, machine.name AS machine, recording.time AS time, register,
    address, cpus, reading.value AS value, error
  FROM recording
  JOIN machine ON machine.id = recording.machine
  JOIN reading_set ON reading_set.id = recording.reading_set
  CROSS JOIN {2}
  JOIN reading ON reading.id = CAST(one.value AS BIGINT);
INSERT INTO vtprobe_store (version) VALUES ({4});
)sql";

OrFailure<std::int64_t> VersionOf(Database* database) {
  std::int64_t version = 0;
  return database
      ->Ask("SELECT version FROM vtprobe_store", {},
            [&](const Row& row) {
              version = row.Integer(0);
              return false;
            })
      .map([&] { return version; });
}

}  // namespace

OrFailure<void> PrepareTables(Database* database, Use use) {
  const auto has_tables = database->HasTables();
  if (!has_tables) return tl::unexpected(has_tables.error());
  if (!*has_tables) {
    if (use != Use::kMake) return tl::unexpected(database->Malformed("there is no store in it"));
    const Dialect dialect = database->dialect();
    return database->Run(fmt::format(kTables, dialect.id_type, dialect.blob_type,
                                     dialect.each("reading_set.readings"),
                                     dialect.each("judgement.findings"), kVersion));
  }
  const auto version = VersionOf(database);
  if (!version) {
    return tl::unexpected(database->Malformed("this is a database of something else"));
  }
  if (*version == kVersion) return {};
  return tl::unexpected(database->Malformed(
      fmt::format("this is a store of version {}, and this vtprobe knows {}", *version, kVersion)));
}

}  // namespace vtprobe::store
