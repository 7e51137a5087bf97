// How the tests of the text importers say what a text should become: as a dump
// of our own.

#ifndef VTPROBE_TESTS_IMPORT_TEXT_SUPPORT_H_
#define VTPROBE_TESTS_IMPORT_TEXT_SUPPORT_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// The outcome, comparable and readable: the snapshot as a dump, or "error
// LINE:COLUMN: message".
struct Outcome {
  std::string dump;
  std::vector<std::string> notes;
};

Outcome ImportText(const Importer& importer, std::string_view text, const Options& options = {});

// A row of a table of texts and what they mean. The dump stands without its first
// line. The notes are parts of the
// notes that must be there, in their order and without others.
struct TextCase {
  std::string name;
  std::string text;
  std::string dump;
  std::vector<std::string> notes = {};
  Options options = {};
};

inline std::ostream& operator<<(std::ostream& out, const TextCase& row) { return out << row.name; }

// Whether the text becomes that dump, with those notes.
void ExpectImport(const Importer& importer, const TextCase& row);

inline std::string NameOf(const testing::TestParamInfo<TextCase>& row) { return row.param.name; }

}  // namespace vtprobe::import

#endif  // VTPROBE_TESTS_IMPORT_TEXT_SUPPORT_H_
