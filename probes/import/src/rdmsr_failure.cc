#include "rdmsr_failure.h"

#include "characters.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

// strerror() of why the driver's file could not be opened or read.
void ParseReason(std::string_view reason, bool is_read, RdmsrFailure* failure) {
  if (reason.ends_with("Permission denied")) {
    failure->code = AccessCode::kPermissionDenied;
  } else if (reason.ends_with("Operation not permitted")) {
    failure->code = is_read ? AccessCode::kLockedDown : AccessCode::kPermissionDenied;
  } else if (reason.ends_with("No such file or directory")) {
    failure->says_no_node = true;
  } else if (reason.ends_with("No such device or address")) {
    failure->code = AccessCode::kCpuOffline;
  }
}

}  // namespace

std::optional<std::uint64_t> ParseRdmsrNumber(std::string_view line, unsigned base) {
  Scanner scanner(line);
  if (base == 16) {
    scanner.TakeHexPrefix();
    const auto value = scanner.TakeHex<std::uint64_t>();
    return scanner.AtEnd() ? value : std::nullopt;
  }
  const bool is_negative = scanner.Take('-');
  std::uint64_t value = 0;
  if (scanner.AtEnd()) return std::nullopt;
  for (const char c : scanner.rest()) {
    const std::uint8_t digit = HexDigit(c);
    constexpr std::uint64_t kMax = ~std::uint64_t{0};
    if (digit >= base || value > (kMax - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return is_negative ? ~value + 1 : value;
}

// The messages of rdmsr.c. "cannot read" stands for the driver's EIO, which is
// the CPU's #GP, "No CPU" for its ENXIO.
std::optional<RdmsrFailure> ParseRdmsrFailure(std::string_view line) {
  const std::size_t start = line.find("rdmsr: ");
  if (start == std::string_view::npos) return std::nullopt;
  Scanner scanner(line.substr(start));
  scanner.Take("rdmsr: ");
  RdmsrFailure failure;
  const bool is_read = scanner.Take("pread: ");
  if (is_read || scanner.Take("open: ")) {
    ParseReason(scanner.rest(), is_read, &failure);
    return failure;
  }
  const bool is_absent = scanner.Take("No CPU ");
  if (!is_absent && !scanner.Take("CPU ")) return std::nullopt;
  failure.cpu_text = scanner.rest();
  failure.cpu = scanner.TakeDecimal();
  if (!failure.cpu) return std::nullopt;
  if (is_absent) {
    failure.code = AccessCode::kCpuOffline;
    return failure;
  }
  scanner.SkipBlanks();
  if (scanner.Take("cannot read MSR ")) {
    scanner.TakeHexPrefix();
    if (const auto address = scanner.TakeHex<std::uint32_t>()) {
      failure.address = MsrAddress{*address};
    }
    failure.code = AccessCode::kGeneralProtection;
    return failure;
  }
  if (scanner.Take("doesn't support MSRs")) return failure;
  return std::nullopt;
}

}  // namespace vtprobe::import
