// What a store keeps, as what adds and reports hands it over: texts, fit to be shown,
// and numbers. FORMAT-STORE.md says what each is.
//
// Nothing here is parsed from a recording by who writes to a store: a process that has
// given up its rights makes these, and another writes them.

#ifndef VTPROBE_TOOLS_STORE_RECORDS_H_
#define VTPROBE_TOOLS_STORE_RECORDS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace vtprobe::store {

// One register of CPUs that gave the same. Either value or error is empty.
struct Value {
  std::string hash;  // of the others
  std::string reg;
  std::string address;
  std::string cpus;
  std::string value;
  std::string error;
};

struct RuleFinding {
  std::string hash;  // of the others
  std::string rule;
  std::string outcome;
  std::string severity;
  std::string cpus;
  std::string message;
};

// What a recording says of its machine. Recordings that say the same have the same
// hash, and it is kept once.
struct Readings {
  std::string hash;
  std::string board;
  std::string model;
  std::string signature;
  std::string firmware;
  std::string firmware_date;
  std::string microcode;
  std::vector<std::int64_t> values;  // which of those that were told
};

// What was thought of a recording, kept once as readings are.
struct Judgement {
  std::string hash;
  std::string tool_version;
  std::string usable;
  std::string state;
  std::int64_t exit_code = 2;
  std::vector<std::int64_t> findings;  // which of those that were told
};

// Values and findings are told once, in a row: the first in a transaction is 0.
struct Answers {
  std::vector<Value> told_values;
  std::vector<RuleFinding> told_findings;
  Readings readings;
  Judgement judgement;
};

struct Recording {
  std::string machine;
  std::string name;  // as a report over the files calls it
  // What such a report calls its machine; empty where it is one by its file alone.
  std::string told;
  std::int64_t place = 0;  // among recordings that a person put in order
  // How many recordings, those added just before, it is judged together with.
  std::int64_t earlier = 0;
  std::string hash;       // of its content
  std::int64_t copy = 0;  // how many of that content and machine came before in one call
  std::string time;
  std::string dump;  // Packed() (content.h)
  Answers answers;
};

// A recording that is there, as a report calls it.
struct Kept {
  std::int64_t id = 0;
  std::string name;
  std::string machine;  // empty where there is no other of its machine, and none told
  std::int64_t place = 0;
  std::vector<std::string> dumps;  // its own is the last, behind those it is judged with
};

}  // namespace vtprobe::store

#endif  // VTPROBE_TOOLS_STORE_RECORDS_H_
