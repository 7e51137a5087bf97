#include "import/text_support.h"

#include "vtprobe/hal/dump.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kStart = "vtprobe-dump 1\n";

// What a reader of our own format makes of the dump, written again: the
// expectation may be laid out as it pleases.
std::string Rewritten(std::string_view dump) {
  const auto snapshot = ParseDump(std::string(kStart) + std::string(dump));
  if (!snapshot) {
    return "the expected dump is wrong in line " + std::to_string(snapshot.error().line) + ": " +
           snapshot.error().message;
  }
  return WriteDump(*snapshot);
}

}  // namespace

Outcome ImportText(const Importer& importer, std::string_view text, const Options& options) {
  const File file{"text", text};
  const auto imported = importer.import(std::span(&file, 1), options);
  if (!imported) {
    const Error& error = imported.error();
    return {"error " + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " +
                error.message,
            {}};
  }
  return {WriteDump(imported->snapshot), imported->notes};
}

void ExpectImport(const Importer& importer, const TextCase& row) {
  const Outcome outcome = ImportText(importer, row.text, row.options);
  if (row.dump.starts_with("error ")) {
    EXPECT_THAT(outcome.dump, testing::StartsWith(row.dump));
    return;
  }
  EXPECT_EQ(outcome.dump, Rewritten(row.dump));
  std::vector<testing::Matcher<std::string>> notes;
  for (const std::string& part : row.notes) notes.emplace_back(testing::HasSubstr(part));
  EXPECT_THAT(outcome.notes, testing::ElementsAreArray(notes));
}

}  // namespace vtprobe::import
