#include "options.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "uefi/image.h"

namespace vtprobe::efi {
namespace {

// Firmware puts there what it likes, also bytes that are no text: nothing then.
std::vector<std::string> WordsOfBootEntry(const uefi::LoadedImage& image) {
  std::u16string letters(image.load_options_size / sizeof(char16_t), u'\0');
  if (letters.empty() || image.load_options == nullptr) return {};
  std::memcpy(letters.data(), image.load_options, letters.size() * sizeof(char16_t));
  letters.resize(std::min(letters.find(u'\0'), letters.size()));
  const bool is_text = std::all_of(letters.begin(), letters.end(),
                                   [](char16_t c) { return c >= u' ' && c < u'\x7f'; });
  if (!is_text) return {};
  std::vector<std::string> words;
  std::string_view rest;
  const std::string text = FromUcs2(letters);
  for (rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    // Without the dash it may be anything: the program's name, another's option.
    if (rest.front() == '-') words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

}  // namespace

Options ParseOptions(const std::vector<std::string>& words) {
  Options options;
  for (const std::string& word : words) {
    if (word == "-s") {
      options.serial_only = true;
    } else if (word == "-q") {
      options.quiet = true;
    } else if (word == "-i") {
      options.identifiers = true;
    } else if (options.unknown.empty()) {
      options.unknown = word;
    }
  }
  return options;
}

Options ReadOptions(const Firmware& firmware) {
  const auto* const shell =
      firmware.On<uefi::ShellParameters>(firmware.image(), uefi::kShellParameters);
  if (shell != nullptr) {
    std::vector<std::string> words;
    for (std::size_t i = 1; i < shell->count; ++i) words.push_back(FromUcs2(shell->arguments[i]));
    Options options = ParseOptions(words);
    options.by_a_shell = true;
    return options;
  }
  const auto* const image = firmware.On<uefi::LoadedImage>(firmware.image(), uefi::kLoadedImage);
  return image == nullptr ? Options() : ParseOptions(WordsOfBootEntry(*image));
}

}  // namespace vtprobe::efi
