// What firmware says of itself, and in which words that is kept.

#include "facts.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "dump_file.h"
#include "efi/made_up_firmware.h"
#include "smbios.h"

namespace vtprobe::efi {
namespace {

using Bytes = std::vector<std::byte>;

// A structure of SMBIOS. [dmtf/dsp0134] 6.1
void Append(std::uint8_t type, std::initializer_list<std::uint8_t> behind_the_header,
            std::string_view strings, Bytes* table) {
  const auto add = [&](std::uint8_t byte) { table->push_back(std::byte{byte}); };
  add(type);
  add(static_cast<std::uint8_t>(4 + behind_the_header.size()));
  add(0);
  add(0);
  for (const std::uint8_t byte : behind_the_header) add(byte);
  for (const char letter : strings) add(static_cast<std::uint8_t>(letter));
  add(0);
  if (strings.empty()) add(0);
}

using namespace std::string_view_literals;

// Types 0, 1, 2 and the end. [dmtf/dsp0134] 7.1, 7.2, 7.3
Bytes Table(bool with_board = true) {
  Bytes table;
  Append(0, {1, 2, 0, 0, 3},
         "ACME BIOS\0v1.2\0"
         "03/14/2025\0"sv,
         &table);
  Append(1, {1, 2}, "ACME\0Server 9\0"sv, &table);
  if (with_board) Append(2, {1, 2}, "ACME Boards\0X12\0"sv, &table);
  Append(127, {}, ""sv, &table);
  return table;
}

TEST(SmbiosTable, SaysVendorVersionDateAndBoard) {
  const Smbios found = ReadSmbios(Table());
  EXPECT_EQ(found.vendor, "ACME BIOS");
  EXPECT_EQ(found.version, "v1.2");
  EXPECT_EQ(found.date, "2025-03-14");
  EXPECT_EQ(found.board, "ACME Boards X12");
}

TEST(SmbiosTable, SaysTheSystemWhereNoBoardIsNamed) {
  EXPECT_EQ(ReadSmbios(Table(false)).board, "ACME Server 9");
}

TEST(SmbiosTable, ThatBreaksOffSaysWhatIsWholeAndNothingElse) {
  const Bytes table = Table();
  for (std::size_t size = 0; size < table.size(); ++size) {
    const Bytes some(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(size));
    const Smbios found = ReadSmbios(some);
    EXPECT_TRUE(found.vendor.empty() || found.vendor == "ACME BIOS") << size;
    EXPECT_TRUE(found.board.empty() || found.board == "ACME Server 9" ||
                found.board == "ACME Boards X12")
        << size;
  }
}

TEST(SmbiosTable, WithNumbersOfStringsThatAreNotThereSaysNothing) {
  Bytes table;
  Append(0, {7, 0, 0, 0, 9}, "one\0"sv, &table);
  const Smbios found = ReadSmbios(table);
  EXPECT_EQ(found.vendor + found.version + found.date + found.board, "");
}

TEST(SmbiosTable, IsFoundByEitherEntryPoint) {
  const Bytes table = Table();
  const auto address = reinterpret_cast<std::uint64_t>(table.data());
  std::array<std::byte, 0x18> third{};
  std::memcpy(third.data(), "_SM3_", 5);
  const auto size = static_cast<std::uint32_t>(table.size());
  std::memcpy(third.data() + 0xc, &size, sizeof size);
  std::memcpy(third.data() + 0x10, &address, sizeof address);
  EXPECT_EQ(ReadSmbios(SmbiosTable(third.data())).version, "v1.2");

  std::array<std::byte, 0x20> second{};
  std::memcpy(second.data(), "_SM_", 4);
  const std::uint16_t length = 0x1234;
  const std::uint32_t low = 0x89abcd00;
  std::memcpy(second.data() + 0x16, &length, sizeof length);
  std::memcpy(second.data() + 0x18, &low, sizeof low);
  const auto found = SmbiosTable(second.data());
  EXPECT_EQ(reinterpret_cast<std::uint64_t>(found.data()), low);
  EXPECT_EQ(found.size(), length);

  second = {};
  EXPECT_TRUE(SmbiosTable(second.data()).empty());
}

std::string Fact(MadeUpFirmware& machine, std::string_view key) {
  return std::string(Facts(machine.firmware()).Get(key).value_or("(not there)"));
}

TEST(Facts, AreThoseOfSmbiosAndElseUefis) {
  const Bytes table = Table();
  std::array<std::byte, 0x18> entry_point{};
  std::memcpy(entry_point.data(), "_SM3_", 5);
  const auto size = static_cast<std::uint32_t>(table.size());
  const auto address = reinterpret_cast<std::uint64_t>(table.data());
  std::memcpy(entry_point.data() + 0xc, &size, sizeof size);
  std::memcpy(entry_point.data() + 0x10, &address, sizeof address);
  const std::array rows = {uefi::ConfigurationTable{uefi::kSmbios3, entry_point.data()}};
  MadeUpFirmware machine{PlatformSnapshot()};
  EXPECT_EQ(Fact(machine, "firmware.vendor"), "Made up");
  EXPECT_EQ(Fact(machine, "firmware.version"), "2.70");
  EXPECT_EQ(Fact(machine, "board"), "(not there)");
  machine.configure(rows);
  EXPECT_EQ(Fact(machine, "firmware.vendor"), "ACME BIOS");
  EXPECT_EQ(Fact(machine, "firmware.version"), "v1.2");
  EXPECT_EQ(Fact(machine, "firmware.date"), "2025-03-14");
  EXPECT_EQ(Fact(machine, "board"), "ACME Boards X12");
  EXPECT_EQ(Fact(machine, "uefi.vendor"), "Made up");
}

TEST(Facts, TellTheTimeInUtcWhereTheClocksZoneIsKnown) {
  MadeUpFirmware machine{PlatformSnapshot()};
  EXPECT_EQ(Fact(machine, "time"), "2026-11-30T23:59:07Z");
  // UTC is local time and the zone. [uefi/spec] 8.3.1
  machine.time.time_zone = 60;
  EXPECT_EQ(Fact(machine, "time"), "2026-12-01T00:59:07Z");
  machine.time.time_zone = -120;
  EXPECT_EQ(Fact(machine, "time"), "2026-11-30T21:59:07Z");
  machine.time.time_zone = uefi::kUnspecifiedZone;
  EXPECT_EQ(Fact(machine, "time"), "(not there)");
  EXPECT_EQ(Fact(machine, "uefi.local_time"), "2026-11-30T23:59:07");
  machine.time.month = 13;
  EXPECT_EQ(Fact(machine, "uefi.local_time"), "(not there)") << "a clock that is not set";
}

// [uefi/spec] 3.3: SecureBoot, SetupMode
TEST(Facts, TellOfSecureBoot) {
  MadeUpFirmware machine{PlatformSnapshot()};
  EXPECT_EQ(Fact(machine, "secure_boot"), "(not there)");
  machine.variables = {{u"SecureBoot", std::uint8_t{0}}, {u"SetupMode", std::uint8_t{1}}};
  EXPECT_EQ(Fact(machine, "secure_boot"), "setup-mode");
  machine.variables[u"SetupMode"] = 0;
  EXPECT_EQ(Fact(machine, "secure_boot"), "off");
  machine.variables[u"SecureBoot"] = 1;
  EXPECT_EQ(Fact(machine, "secure_boot"), "on");
}

TEST(Ucs2, HoldsWhatItHasLettersForAndBack) {
  EXPECT_EQ(FromUcs2(ToUcs2("a é ＃")), "a é ＃");
  EXPECT_EQ(ToUcs2("😀!"), u"?!");
  EXPECT_EQ(ToUcs2("\xe2\x82"), u"?") << "cut off";
  EXPECT_EQ(FromUcs2(u"\xd83d!"), "?!");
}

// [uefi/spec] 10.3.5.4: a path may be in several nodes.
TEST(FolderOf, IsThatOfTheProgram) {
  const auto folder = [](std::initializer_list<std::u16string_view> nodes) {
    std::vector<std::uint8_t> path;
    for (const auto text : nodes) {
      const std::size_t length = 4 + text.size() * 2;
      path.insert(path.end(), {4, 4, static_cast<std::uint8_t>(length), 0});
      for (const char16_t letter : text)
        path.insert(path.end(), {static_cast<std::uint8_t>(letter), 0});
    }
    path.insert(path.end(), {0x7f, 0xff, 4, 0});
    return FolderOf(reinterpret_cast<const uefi::DevicePath*>(path.data()));
  };
  EXPECT_EQ(folder({u"\\EFI\\BOOT\\BOOTX64.EFI"}), "\\EFI\\BOOT\\");
  EXPECT_EQ(folder({u"\\EFI\\tools", u"vtprobe.efi"}), "\\EFI\\tools\\");
  EXPECT_EQ(folder({u"vtprobe.efi"}), "\\");
  EXPECT_EQ(folder({u"tools\\vtprobe.efi"}), "\\tools\\");
  EXPECT_EQ(folder({}), "\\");
}

}  // namespace
}  // namespace vtprobe::efi
