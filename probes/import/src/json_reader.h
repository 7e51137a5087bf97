// JSON, event by event.
//
// A recording may be large, and most of a foreign one is of no interest: a tree
// of all of it would take many times its size. Whoever reads one looks at each
// string as it comes, with the keys that lead to it.

#ifndef VTPROBE_PROBES_IMPORT_SRC_JSON_READER_H_
#define VTPROBE_PROBES_IMPORT_SRC_JSON_READER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// Keys from the root down; an element of an array is kJsonElement.
using JsonPath = std::vector<std::string>;
inline constexpr std::string_view kJsonElement = "[]";

// What a visitor objects to, as in "expected a hexadecimal number"; nothing if
// it is content.
using Objection = std::optional<std::string>;

class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // A string, or nothing for a number, a truth value or null.
  virtual Objection OnValue(const JsonPath& path, std::optional<std::string_view> text) = 0;
  // An object or an array begins, and ends.
  virtual Objection OnEnter(const JsonPath& path) = 0;
  virtual Objection OnLeave(const JsonPath& path) = 0;

 protected:
  JsonVisitor() = default;
  JsonVisitor(const JsonVisitor&) = default;
  JsonVisitor& operator=(const JsonVisitor&) = default;
};

// Shows the whole file to the visitor. An error, with its place, where it is no
// JSON, where the visitor objects, and where it is nested deeper than any
// recording is. Memory: that of the longest string.
std::optional<Error> ReadJson(const File& file, JsonVisitor* visitor);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_JSON_READER_H_
