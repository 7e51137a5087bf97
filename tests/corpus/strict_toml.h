// A TOML table read to its last key: what is missing, of another type, or not
// known is a problem with a place, so that a slip of the pen in a manifest
// can't pass for a fact.

#ifndef VTPROBE_TESTS_CORPUS_STRICT_TOML_H_
#define VTPROBE_TESTS_CORPUS_STRICT_TOML_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"

namespace toml {
inline namespace v3 {
class node;
class table;
}  // namespace v3
}  // namespace toml

namespace vtprobe::corpus {

using Problems = std::vector<std::string>;

// Reads keys of one table and notes what is wrong with them. Finish() notes
// the keys that nobody asked for.
class StrictTable {
 public:
  // Borrows both. `where` starts each problem's text: a file name.
  StrictTable(const toml::table& table, std::string where, Problems* problems);

  // An empty string is a problem.
  std::string String(std::string_view key);
  std::optional<std::string> OptionalString(std::string_view key);
  std::int64_t Integer(std::string_view key);
  CpuSet Cpus(std::string_view key);
  std::vector<std::string> OptionalStrings(std::string_view key);
  // The tables of an array of tables; none if the key is absent.
  std::vector<StrictTable> OptionalTables(std::string_view key);

  void Finish() const;

 private:
  const toml::node* Find(std::string_view key);
  void Complain(std::string_view key, std::string_view what) const;

  const toml::table* table_;
  std::string where_;
  Problems* problems_;
  std::set<std::string, std::less<>> known_;
};

// A file's root table. Null, with a problem noted, if it can't be read.
std::shared_ptr<const toml::table> ReadTomlFile(const std::filesystem::path& file,
                                                Problems* problems);

}  // namespace vtprobe::corpus

#endif  // VTPROBE_TESTS_CORPUS_STRICT_TOML_H_
