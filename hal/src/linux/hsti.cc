#include "linux/hsti.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

// Where firmware made from Intel's reference code keeps the table that UEFI's protocol
// gives out before a system runs. [microsoft/hsti]: a version, a role, a name of 256
// characters of 16 bits, the size of three bit masks, and those.
constexpr std::string_view kVariable = "HSTI_RESULTS-8732b833-5367-422c-a77d-99e55b1039a8";
constexpr std::size_t kAttributes = 4;  // efivarfs puts them in front
constexpr std::size_t kSizeAt = kAttributes + 4 + 4 + 512;
constexpr std::size_t kMasksAt = kSizeAt + 4;
// Of a mask; those in use have 2 to 16.
constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kMostOfFile = 65536;  // error texts follow

std::string Digits(std::string_view bytes) {
  constexpr std::array<char, 16> kDigits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                            '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  std::string text;
  for (const char byte : bytes) {
    const auto number = static_cast<unsigned char>(byte);
    text += kDigits.at(number >> 4);
    text += kDigits.at(number & 0xf);
  }
  return text;
}

}  // namespace

void ReadHsti(const std::filesystem::path& root, Metadata* metadata) {
  const auto table = ReadWholeFile(root / "sys/firmware/efi/efivars" / kVariable, kMostOfFile);
  if (!table || table->size() < kMasksAt) return;
  std::size_t size = 0;
  for (std::size_t i = 4; i-- > 0;) {
    size = size << 8 | static_cast<unsigned char>((*table)[kSizeAt + i]);
  }
  if (size == 0 || size > kMostBytes || table->size() < kMasksAt + 3 * size) return;
  std::string_view masks = *table;
  masks.remove_prefix(kMasksAt);
  metadata->Set(meta::kHstiRequired, Digits(masks.substr(0, size)));
  metadata->Set(meta::kHstiImplemented, Digits(masks.substr(size, size)));
  metadata->Set(meta::kHstiVerified, Digits(masks.substr(2 * size, size)));
}

}  // namespace vtprobe
