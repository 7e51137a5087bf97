#include "vtprobe/probes/suggestions.h"

#include <algorithm>
#include <utility>

namespace vtprobe {
namespace {

constexpr std::size_t kMostSuggestions = 3;

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

}  // namespace

// Optimal string alignment, three rows at a time.
std::size_t EditDistance(std::string_view first, std::string_view second) {
  const std::string a = Lowered(first);
  const std::string b = Lowered(second);
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::vector<std::string_view> Nearest(std::string_view word, std::vector<std::string_view> names) {
  // Nobody types a name this long; it is not worth measuring.
  constexpr std::size_t kLongestWord = 100;
  word = word.substr(0, kLongestWord);
  const std::string lowered = Lowered(word);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const std::string_view name : names) {
    const bool contains = word.size() > 1 && Lowered(name).find(lowered) != std::string::npos;
    ranked.emplace_back(contains ? 0 : EditDistance(word, name), name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  names.clear();
  for (const auto& [distance, name] : ranked) {
    if (names.size() == kMostSuggestions) break;
    names.push_back(name);
  }
  return names;
}

std::string Enumerate(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace vtprobe
