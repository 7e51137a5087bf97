// Linux's headers as a second source, for tests that hold our tables against them:
// where they are, and which of their names are ours.

#ifndef VTPROBE_TESTS_REGISTERS_LINUX_HEADERS_H_
#define VTPROBE_TESTS_REGISTERS_LINUX_HEADERS_H_

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vtprobe {

// The folder with msr-index.h; of several kernels the last by name. Debian has it in
// linux-headers-amd64; VTPROBE_LINUX_HEADERS names another one.
std::optional<std::filesystem::path> LinuxHeadersFolder();

std::vector<std::string> LinesOf(const std::filesystem::path& file);

// Without what Linux puts before a name and manuals do not, or the other way round.
std::string BareName(std::string_view name);

// Whether one of Linux's names is ours or, by the list, stands for it.
bool NamesAgree(std::string_view ours, const std::vector<std::string>& theirs,
                const std::optional<std::string>& argued);

// What a list of arguments has; nothing if it has none.
template <typename Key>
std::optional<std::string> Argued(const std::map<Key, std::string>& list, const Key& key) {
  const auto found = list.find(key);
  return found == list.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_REGISTERS_LINUX_HEADERS_H_
