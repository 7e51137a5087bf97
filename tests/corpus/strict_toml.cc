#include "corpus/strict_toml.h"

#include <toml++/toml.h>

#include <sstream>
#include <utility>

namespace vtprobe::corpus {
namespace {

std::string LineOf(const toml::node& node) {
  return std::to_string(static_cast<unsigned>(node.source().begin.line));
}

}  // namespace

StrictTable::StrictTable(const toml::table& table, std::string where, Problems* problems)
    : table_(&table), where_(std::move(where)), problems_(problems) {}

const toml::node* StrictTable::Find(std::string_view key) {
  known_.emplace(key);
  return table_->get(key);
}

void StrictTable::Complain(std::string_view key, std::string_view what) const {
  const toml::node* const node = table_->get(key);
  std::string problem = where_ + ":" + LineOf(node != nullptr ? *node : *table_) + ": ";
  problem += key;
  problem += ' ';
  problem += what;
  problems_->push_back(std::move(problem));
}

std::string StrictTable::String(std::string_view key) {
  if (auto value = OptionalString(key)) return *std::move(value);
  if (table_->get(key) == nullptr) Complain(key, "is missing");
  return {};
}

std::optional<std::string> StrictTable::OptionalString(std::string_view key) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return std::nullopt;
  auto value = node->value_exact<std::string>();
  if (value && !value->empty()) return value;
  Complain(key, "is not a string with something in it");
  return std::nullopt;
}

std::int64_t StrictTable::Integer(std::string_view key) {
  const toml::node* const node = Find(key);
  if (node == nullptr) {
    Complain(key, "is missing");
    return 0;
  }
  const auto value = node->value_exact<std::int64_t>();
  if (!value) Complain(key, "is not an integer");
  return value.value_or(0);
}

CpuSet StrictTable::Cpus(std::string_view key) {
  const std::string text = String(key);
  if (text.empty()) return {};
  auto cpus = CpuSet::Parse(text);
  if (cpus) return *std::move(cpus);
  Complain(key, "is not a CPU list: " + cpus.error().message);
  return {};
}

std::vector<std::string> StrictTable::OptionalStrings(std::string_view key) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return {};
  std::vector<std::string> strings;
  if (const toml::array* const array = node->as_array()) {
    for (const toml::node& element : *array) {
      if (auto value = element.value_exact<std::string>(); value && !value->empty()) {
        strings.push_back(*std::move(value));
      }
    }
    if (!array->empty() && strings.size() == array->size()) return strings;
  }
  Complain(key, "is not an array of strings");
  return {};
}

std::vector<StrictTable> StrictTable::OptionalTables(std::string_view key) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return {};
  const toml::array* const array = node->as_array();
  if (array == nullptr || !array->is_homogeneous<toml::table>()) {
    Complain(key, "is not an array of tables");
    return {};
  }
  std::vector<StrictTable> tables;
  for (const toml::node& element : *array) {
    tables.emplace_back(*element.as_table(), where_, problems_);
  }
  return tables;
}

void StrictTable::Finish() const {
  for (const auto& [key, node] : *table_) {
    if (!known_.contains(key.str())) Complain(key.str(), "is no key of this file");
  }
}

std::shared_ptr<const toml::table> ReadTomlFile(const std::filesystem::path& file,
                                                Problems* problems) {
  try {
    return std::make_shared<const toml::table>(toml::parse_file(file.string()));
  } catch (const toml::parse_error& error) {
    std::ostringstream problem;
    problem << file.filename().string() << ':' << error.source().begin.line << ':'
            << error.source().begin.column << ": " << error.description();
    problems->push_back(problem.str());
    return nullptr;
  }
}

}  // namespace vtprobe::corpus
