#include "paste/suspicion.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "characters.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Where the word ends, which no letter, digit or underscore goes on with; kNone if it is
// not there.
std::size_t EndOfWord(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != kNone; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(text[at - 1]);
    if (begins && (end == text.size() || !IsWordCharacter(text[end]))) return end;
  }
  return kNone;
}

bool BeginsWithNumber(std::string_view text) {
  Scanner scanner(text);
  scanner.SkipBlanks();
  return scanner.TakePrefixedHex<std::uint64_t>() || scanner.TakeHex<std::uint64_t>();
}

// "IA32_FEATURE_CONTROL ... : 0x5", "MSR_... = 0x5"
bool NamesARegister(std::string_view lower) {
  for (const std::string_view name : {"feature_control", "feat_ctl", "vm_cr", "msr 0x", "msr_"}) {
    const std::size_t at = lower.find(name);
    if (at == kNone) continue;
    const std::size_t sign = lower.find_first_of(":=", at + name.size());
    if (sign == kNone) continue;
    Scanner scanner(lower.substr(sign + 1));
    scanner.SkipBlanks();
    if (scanner.TakePrefixedHex<std::uint64_t>()) return true;
  }
  return false;
}

// "MSR register 3Ah = 5", "wrmsr: CPU 0 cannot set MSR 0x0000003a to 0x5": the address of
// a switch, and a number behind it.
bool NamesTheSwitch(std::string_view lower) {
  if (lower.find("msr") == kNone) return false;
  for (const std::string_view address :
       {"0x3a", "0x0000003a", "3ah", "0xc0010114", "c0010114h", "c001_0114"}) {
    const std::size_t end = EndOfWord(lower, address);
    if (end == kNone) continue;
    const std::string_view rest = lower.substr(end);
    for (const std::string_view sign : {"=", ":", " is ", " to "}) {
      const std::size_t at = rest.find(sign);
      if (at != kNone && BeginsWithNumber(rest.substr(at + sign.size()))) return true;
    }
  }
  return false;
}

// "VMX off in firmware on CPU3", in a log: what a kernel or a program says in words that
// are in no table. A person who writes so may ask or guess.
bool SpeaksOfTheSwitch(std::string_view lower) {
  constexpr std::array kExtensions = {"vmx", "svm", "vt-x", "amd-v"};
  constexpr std::array kStates = {"disabled", "enabled", "locked", "off", "unavailable"};
  const auto is_there = [&](std::string_view word) { return EndOfWord(lower, word) != kNone; };
  return std::any_of(kExtensions.begin(), kExtensions.end(), is_there) &&
         std::any_of(kStates.begin(), kStates.end(), is_there);
}

}  // namespace

bool LooksLikeEvidence(const PeeledLine& line) {
  const std::string lower = Lowercase(line.text);
  return NamesARegister(lower) || NamesTheSwitch(lower) ||
         ((line.is_logged || lower.starts_with("(xen)")) && SpeaksOfTheSwitch(lower));
}

}  // namespace vtprobe::import
