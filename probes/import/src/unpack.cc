#include "unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "vtprobe/hal/numbers.h"
#include "vtprobe/import/archive_reader.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBlock = std::size_t{64} << 10;

// [posix] pax, ustar Interchange Format: the header block of the first member
// holds the sum of its own bytes in octal, taken with blanks in the sum's place.
bool IsTar(std::string_view content) {
  constexpr std::size_t kHeader = 512;
  constexpr std::size_t kSum = 148;
  constexpr std::size_t kSumSize = 8;
  if (content.size() < kHeader) return false;
  const std::string_view header = content.substr(0, kHeader);
  std::string_view digits = header.substr(kSum, kSumSize);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  digits = digits.substr(0, digits.find_first_of(" \0"sv));
  const auto stated = ParseDigits<std::uint32_t>(digits, 8);
  const auto add = [](std::uint32_t sum, char c) { return sum + static_cast<unsigned char>(c); };
  std::uint32_t sum = std::accumulate(header.begin(), header.end(), std::uint32_t{0}, add);
  const std::string_view field = header.substr(kSum, kSumSize);
  sum -= std::accumulate(field.begin(), field.end(), std::uint32_t{0}, add);
  return stated == sum + kSumSize * ' ';
}

std::string WithoutCompressionSuffix(std::string_view name) {
  for (const std::string_view suffix : {".gz"sv, ".bz2"sv, ".xz"sv, ".zst"sv}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return std::string(name);
}

// The content of the member that `reader` stands at; `left` is what the archive
// may still unpack to.
tl::expected<std::string, std::string> ReadContent(ArchiveReader* reader, std::size_t* left) {
  std::string content;
  while (true) {
    const auto got = reader->Read(kBlock, &content);
    if (!got) return tl::unexpected(got.error());
    if (*got > *left) {
      return tl::unexpected<std::string>("it unpacks to far more than a recording would: refused");
    }
    *left -= *got;
    if (*got < kBlock) break;
  }
  content.shrink_to_fit();
  return content;
}

tl::expected<Unpacked, std::string> UnpackAll(const File& file, const UnpackLimits& limits) {
  auto reader = ArchiveReader::OfMemory(file.content);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  std::size_t left = std::min(limits.total, limits.allowance + limits.ratio * file.content.size());
  Unpacked unpacked;
  while (true) {
    auto member = reader->Next();
    if (!member) return tl::unexpected(std::move(member.error()));
    if (!*member) return unpacked;
    auto& [path, kind, size] = **member;
    unpacked.is_tar = reader->is_tar();
    if (kind != ArchiveReader::Kind::kFile) continue;
    if (unpacked.members.size() == limits.members) {
      return tl::unexpected(fmt::format("expected an archive of at most {} files", limits.members));
    }
    auto content = ReadContent(&*reader, &left);
    if (!content) return tl::unexpected(std::move(content.error()));
    if (!unpacked.is_tar) path = WithoutCompressionSuffix(file.name);
    if (path.empty()) path = fmt::format("(member {})", unpacked.members.size() + 1);
    unpacked.members.push_back({std::move(path), *std::move(content)});
  }
}

}  // namespace

bool IsArchive(std::string_view content) {
  static constexpr std::array kSignatures = {"\x1f\x8b"sv, "BZh"sv, "\xfd\x37zXZ\0"sv,
                                             "\x28\xb5\x2f\xfd"sv};
  return std::any_of(kSignatures.begin(), kSignatures.end(),
                     [&](std::string_view signature) { return content.starts_with(signature); }) ||
         IsTar(content);
}

tl::expected<Unpacked, Error> Unpack(const File& file, const UnpackLimits& limits) {
  return UnpackAll(file, limits).map_error([&](std::string&& why) {
    return Error{file.name, 0, 0, std::move(why)};
  });
}

}  // namespace vtprobe::import
