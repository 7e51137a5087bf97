#include "linux/acpi.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "linux/host_file.h"
#include "vtprobe/hal/hex.h"

namespace vtprobe {
namespace {

// A machine with 65,536 CPUs has a megabyte of them.
constexpr std::size_t kMaxTableBytes = std::size_t{4} << 20;
// A signature of four letters and the table's length come first.
// [acpi/spec] 5.2.6
constexpr std::size_t kHeaderBytes = 36;
constexpr std::size_t kLengthAt = 4;

std::uint32_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint32_t WordAt(std::string_view bytes, std::size_t at) {
  return ByteAt(bytes, at) | ByteAt(bytes, at + 1) << 8 | ByteAt(bytes, at + 2) << 16 |
         ByteAt(bytes, at + 3) << 24;
}

// The table of that signature, of at least so many bytes.
std::optional<std::string> ReadTable(const std::filesystem::path& tables,
                                     std::string_view signature, std::size_t least_bytes) {
  auto table = ReadWholeFile(tables / signature, kMaxTableBytes);
  if (!table || table->size() < least_bytes || !table->starts_with(signature)) return std::nullopt;
  if (WordAt(*table, kLengthAt) != table->size()) return std::nullopt;
  return table;
}

// Of each CPU that firmware enabled, its APIC id stands in a structure of either
// kind. Nothing if one of them has an impossible length. [acpi/spec] 5.2.12
std::optional<std::size_t> CountCpus(std::string_view madt) {
  constexpr std::size_t kFirst = 44;  // behind the address of the local APICs, and flags
  constexpr std::uint32_t kLocalApic = 0;
  constexpr std::uint32_t kLocalX2Apic = 9;
  constexpr std::uint32_t kEnabled = 1;
  std::set<std::uint32_t> ids;
  madt.remove_prefix(kFirst);
  while (!madt.empty()) {
    const std::size_t length = madt.size() < 2 ? 0 : ByteAt(madt, 1);
    if (length < 2 || length > madt.size()) return std::nullopt;
    const std::uint32_t kind = ByteAt(madt, 0);
    if (kind == kLocalApic) {
      if (length != 8) return std::nullopt;
      if ((WordAt(madt, 4) & kEnabled) != 0) ids.insert(ByteAt(madt, 3));
    } else if (kind == kLocalX2Apic) {
      if (length != 16) return std::nullopt;
      if ((WordAt(madt, 8) & kEnabled) != 0) ids.insert(WordAt(madt, 4));
    }
    madt.remove_prefix(length);
  }
  return ids.size();
}

}  // namespace

void ReadAcpi(const std::filesystem::path& root, Metadata* metadata) {
  const std::filesystem::path tables = root / "sys/firmware/acpi/tables";
  if (const auto madt = ReadTable(tables, "APIC", kHeaderBytes + 8)) {
    if (const auto cpus = CountCpus(*madt)) {
      metadata->Set(meta::kCpusAnnounced, std::to_string(*cpus));
    }
  }
  // A width of addresses, and the flags. [intel/vt-d] 8.1
  if (const auto dmar = ReadTable(tables, "DMAR", kHeaderBytes + 2)) {
    metadata->Set(meta::kAcpiDmarFlags, HexText(ByteAt(*dmar, kHeaderBytes + 1)));
  }
  // [microsoft/wsmt]
  if (const auto wsmt = ReadTable(tables, "WSMT", kHeaderBytes + 4)) {
    metadata->Set(meta::kAcpiWsmt, HexText(WordAt(*wsmt, kHeaderBytes)));
    return;
  }
  std::error_code error;
  const auto is_there = [&](const char* table) {
    return std::filesystem::is_regular_file(tables / table, error);
  };
  // Which every ACPI machine has.
  if (is_there("FACP") && !is_there("WSMT")) metadata->Set(meta::kAcpiWsmt, "none");
}

}  // namespace vtprobe
