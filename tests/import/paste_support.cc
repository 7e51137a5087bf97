#include "import/paste_support.h"

#include "import/text_support.h"
#include "paste/paste.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::import {
namespace {

// What a reader of our own format makes of the expected dump, written again: it
// may be laid out as it pleases.
std::string Rewritten(const std::string& dump) {
  const auto snapshot = ParseDump("vtprobe-dump 2\n" + dump);
  EXPECT_TRUE(snapshot) << "the expected dump is wrong in line " << snapshot.error().line;
  return snapshot ? WriteDump(*snapshot) : "";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const PasteCase& row) { return out << row.name; }

std::string NameOfPaste(const testing::TestParamInfo<PasteCase>& row) { return row.param.name; }

void ExpectPaste(const PasteCase& row) {
  const Outcome outcome = ImportText(kPaste, row.text);
  if (row.dump.starts_with("error")) {
    EXPECT_THAT(outcome.dump, testing::StartsWith(row.dump));
    return;
  }
  EXPECT_EQ(outcome.dump, Rewritten(row.dump));
  ASSERT_FALSE(outcome.notes.empty());
  EXPECT_THAT(outcome.notes.front(), testing::StartsWith("took "));
  for (const std::string& note : row.notes) {
    EXPECT_THAT(outcome.notes, testing::Contains(testing::HasSubstr(note)));
  }
}

std::string Unknown(const std::string& rest) { return "meta cpu_numbers = unknown\n" + rest; }

}  // namespace vtprobe::import
