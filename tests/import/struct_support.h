// What the tests of the structured importers share.

#ifndef VTPROBE_TESTS_IMPORT_STRUCT_SUPPORT_H_
#define VTPROBE_TESTS_IMPORT_STRUCT_SUPPORT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "importers.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::import {

inline tl::expected<Imported, Error> ImportOne(const Importer& importer, std::string_view content,
                                               std::string name = "file") {
  const std::array files = {File{std::move(name), content}};
  return importer.import(files, {});
}

// The snapshot's readings as our own dump writes them, without metadata: short
// to state and easy to compare.
inline std::string Body(const PlatformSnapshot& snapshot) {
  PlatformSnapshot bare = snapshot;
  for (const auto& [key, value] : snapshot.metadata().entries()) bare.mutable_metadata().Erase(key);
  const std::string text = WriteDump(bare);
  const std::size_t begin = text.find('\n') + 1;
  return text.substr(begin, text.rfind("end ") - begin);
}

inline std::string Said(const Error& error) {
  return error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " +
         error.message;
}

// The parameter of a table of inputs that must be refused at a place.
struct Refused {
  std::string_view content;
  std::size_t line;
  std::size_t column;
  std::string_view says;
};

inline void ExpectRefused(const Importer& importer, const Refused& refused) {
  SCOPED_TRACE(refused.content);
  const auto imported = ImportOne(importer, refused.content);
  ASSERT_FALSE(imported.has_value());
  EXPECT_EQ(imported.error().line, refused.line) << Said(imported.error());
  EXPECT_EQ(imported.error().column, refused.column) << Said(imported.error());
  EXPECT_THAT(imported.error().message, testing::HasSubstr(std::string(refused.says)));
}

}  // namespace vtprobe::import

#endif  // VTPROBE_TESTS_IMPORT_STRUCT_SUPPORT_H_
