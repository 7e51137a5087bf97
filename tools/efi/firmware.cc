#include "firmware.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "vtprobe/hal/hex.h"

namespace vtprobe::efi {
namespace {

struct Words {
  uefi::Status status;
  std::string_view words;
};

constexpr std::array kStatuses = {
    Words{uefi::kInvalidParameter, "firmware does not take what it was given"},
    Words{uefi::kUnsupported, "firmware does not support it"},
    Words{uefi::kNotReady, "it is busy"},
    Words{uefi::kDeviceError, "the device reported an error"},
    Words{uefi::kWriteProtected, "it is write-protected"},
    Words{uefi::kOutOfResources, "firmware is out of memory"},
    Words{uefi::kVolumeCorrupted, "the file system is damaged"},
    Words{uefi::kVolumeFull, "the file system is full"},
    Words{uefi::kNoMedia, "there is no medium"},
    Words{uefi::kMediaChanged, "the medium was changed"},
    Words{uefi::kNotFound, "it is not there"},
    Words{uefi::kAccessDenied, "access is denied"},
    Words{uefi::kTimeout, "it did not answer in time"},
    Words{uefi::kAborted, "it was aborted"},
    Words{uefi::kSecurityViolation, "firmware's policy forbids it"},
};

}  // namespace

std::vector<uefi::Handle> Firmware::HandlesWith(const uefi::Guid& guid) const {
  std::size_t count = 0;
  uefi::Handle* handles = nullptr;
  if (uefi::IsError(
          boot().locate_handle_buffer(uefi::kByProtocol, &guid, nullptr, &count, &handles))) {
    return {};
  }
  std::vector<uefi::Handle> found(handles, handles + count);
  boot().free_pool(handles);
  return found;
}

std::u16string ToUcs2(std::string_view utf8) {
  std::u16string text;
  while (!utf8.empty()) {
    const auto lead = static_cast<unsigned char>(utf8.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned letter = size == 1 ? lead : lead & (0xffu >> (size + 1));
    if (size > utf8.size() || size == 4) {
      letter = '?';
    } else {
      for (const char next : utf8.substr(1, size - 1)) {
        letter = letter << 6 | (static_cast<unsigned char>(next) & 0x3f);
      }
    }
    text += static_cast<char16_t>(letter);
    utf8.remove_prefix(std::min(size, utf8.size()));
  }
  return text;
}

std::string FromUcs2(std::u16string_view text) {
  std::string utf8;
  for (const char16_t letter : text.substr(0, text.find(u'\0'))) {
    const unsigned code = letter;
    const auto add = [&](unsigned byte) { utf8 += static_cast<char>(byte); };
    if (code >= 0xd800 && code < 0xe000) {  // UCS-2 has no surrogates
      add('?');
    } else if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xc0 | code >> 6);
      add(0x80 | (code & 0x3f));
    } else {
      add(0xe0 | code >> 12);
      add(0x80 | (code >> 6 & 0x3f));
      add(0x80 | (code & 0x3f));
    }
  }
  return utf8;
}

std::string Describe(uefi::Status status) {
  const auto* const found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                         [&](const Words& row) { return row.status == status; });
  if (found != kStatuses.end()) return std::string(found->words);
  std::string text = "firmware answered with status ";
  AppendHex(static_cast<std::size_t>(status), &text);
  return text;
}

}  // namespace vtprobe::efi
