// The words that the program was started with.

#ifndef VTPROBE_EFI_OPTIONS_H_
#define VTPROBE_EFI_OPTIONS_H_

#include <string>
#include <vector>

#include "firmware.h"

namespace vtprobe::efi {

struct Options {
  bool serial_only = false;  // -s
  bool quiet = false;        // -q
  bool identifiers = false;  // -i
  bool by_a_shell = false;   // somebody reads what it says, and needs no time for that
  std::string unknown{};     // a word that is none of these
};

// From the shell's arguments, or else from what a boot entry says, if that is text.
Options ReadOptions(const Firmware& firmware);

// Of the words behind the program's name.
Options ParseOptions(const std::vector<std::string>& words);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_OPTIONS_H_
