// The reports of scripts that set up TDX.

#include <array>

#include "paste/sightings.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

// The reports of those who set up TDX: each number is what rdmsr printed, so
// hexadecimal. canonical/tdx, setup-tdx-host.sh and check-production.sh
struct NumberedPart {
  std::string_view words;
  std::uint32_t address;
  std::uint8_t high;
  std::uint8_t low;
};
constexpr std::array kNumberedParts = {
    NumberedPart{"MK_TME_ENABLED bit: ", 0x982, 1, 1},
    NumberedPart{"HW_ENCRYPT_ENABLE bit: ", 0x982, 1, 1},
    NumberedPart{"SEAM_RR bit: ", 0x1401, 11, 11},
    NumberedPart{"NUM_TDX_PRIV_KEYS: ", 0x87, 63, 32},
    NumberedPart{"SGX_AND_MCHECK_STATUS: ", 0xa0, 63, 0},
};

}  // namespace

Fate SeeNumberedPart(const PeeledLine& line, Reading* reading) {
  for (const NumberedPart& part : kNumberedParts) {
    if (!line.text.starts_with(part.words)) continue;
    Scanner scanner(line.text.substr(part.words.size()));
    scanner.TakeHexPrefix();
    const auto field = scanner.TakeHex<std::uint64_t>();
    const unsigned width = part.high - part.low + 1u;
    const bool fits = field && (width == 64 || *field >> width == 0);
    if (!fits || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
    reading->evidence.AddBits(Whose::One(), MsrAddress{part.address}, part.high, part.low, *field,
                              line.number);
    return Fate::kUsed;
  }
  constexpr std::string_view kPlatform = "Production platform: ";
  if (!line.text.starts_with(kPlatform)) return Fate::kNothing;
  const std::string_view word = Scanner(line.text.substr(kPlatform.size())).TakeWord();
  if (word != "Production" && word != "Pre-production") return Fate::kNotUnderstood;
  reading->evidence.AddBits(Whose::One(), MsrAddress{0xce}, 27, 27, word == "Production" ? 1 : 0,
                            line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
