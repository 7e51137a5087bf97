// What several sightings read in the same way.

#ifndef VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_PARTS_H_
#define VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broken_number.h"
#include "paste/reading.h"
#include "scanner.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::import {

inline constexpr std::uint32_t kFeatureControl = 0x3a;

std::optional<Whose> CpuOf(std::optional<std::uint32_t> number);

// "cpu0: ", "[CPU0] ", "CPU 0: " before what is said of that CPU.
std::optional<Whose> TakeCpu(Scanner* scanner);

// The address of a register by whatever name a program gives it.
std::optional<MsrAddress> AddressOf(std::string_view name);

// A number of which it is clear that it is hexadecimal, as a whole word: with
// its 0x, or of a register's width.
std::optional<std::uint64_t> TakeClearHex(Scanner* scanner);

// Whether a line speaks of what a register should be, of what was written to it or
// of a guest's, and not of what it is.
bool SpeaksOfOther(std::string_view line);

// The number that ended here may be the beginning of a longer one.
bool IsBrokenOff(const Scanner& behind, const PeeledLine& line);

std::optional<std::uint32_t> ValueBehind(std::string_view text, std::string_view name);

// "key : value" of /proc/cpuinfo, "Key:   value" of lscpu.
std::optional<std::string_view> ValueOf(std::string_view text, std::string_view key);

bool IsSignature(std::uint32_t family, std::uint32_t model, std::uint32_t stepping);

void AddSignature(Whose cpu, std::uint32_t family, std::uint32_t model, std::uint32_t stepping,
                  std::size_t line, Reading* reading);

// The twelve letters of a vendor, as leaf 0 gives them.
bool AddVendor(Whose cpu, std::string_view vendor, std::optional<std::uint32_t> highest,
               std::size_t line, Reading* reading);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_PASTE_SIGHTINGS_PARTS_H_
