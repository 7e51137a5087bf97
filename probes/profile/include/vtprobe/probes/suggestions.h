// What a person who misspelt a name may have meant.

#ifndef VTPROBE_PROBES_SUGGESTIONS_H_
#define VTPROBE_PROBES_SUGGESTIONS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vtprobe {

// Insertions, deletions, substitutions and swaps of neighbours that make one
// text the other; case counts for nothing.
std::size_t EditDistance(std::string_view first, std::string_view second);

// The names nearest to the word, best first: those that contain it, then by
// edit distance. At most three.
std::vector<std::string_view> Nearest(std::string_view word, std::vector<std::string_view> names);

// "a, b and c", for messages.
std::string Enumerate(const std::vector<std::string_view>& names);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SUGGESTIONS_H_
