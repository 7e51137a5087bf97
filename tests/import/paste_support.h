// Pastes and what becomes of them, one a row.

#ifndef VTPROBE_TESTS_IMPORT_PASTE_SUPPORT_H_
#define VTPROBE_TESTS_IMPORT_PASTE_SUPPORT_H_

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace vtprobe::import {

struct PasteCase {
  std::string name;
  std::string text;
  std::string dump;  // without its first line, or the beginning of an error
  std::vector<std::string> notes = {};
};

std::ostream& operator<<(std::ostream& out, const PasteCase& row);

std::string NameOfPaste(const testing::TestParamInfo<PasteCase>& row);

void ExpectPaste(const PasteCase& row);

// A dump of CPUs whose numbers are not known.
std::string Unknown(const std::string& rest);

}  // namespace vtprobe::import

#endif  // VTPROBE_TESTS_IMPORT_PASTE_SUPPORT_H_
