#include "unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "byte_source.h"
#include "vtprobe/import/archive_reader.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBlock = std::size_t{64} << 10;

std::string WithoutCompressionSuffix(std::string_view name) {
  for (const std::string_view suffix : {".gz"sv, ".bz2"sv, ".xz"sv, ".zst"sv}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return std::string(name);
}

// The content of the member that `reader` stands at; `left` is what the archive
// may still unpack to.
tl::expected<std::string, std::string> ReadContent(ArchiveReader* reader, Allowance* allowance,
                                                   std::size_t* left) {
  std::string content;
  while (true) {
    const auto got = reader->Read(kBlock, &content);
    if (!got) return tl::unexpected(got.error());
    if (!allowance->Take(*got)) {
      return tl::unexpected(TooLargeRecording() + ", unpacked");
    }
    if (*got > *left) {
      return tl::unexpected<std::string>("it unpacks to far more than a recording would: refused");
    }
    *left -= *got;
    if (*got < kBlock) break;
  }
  content.shrink_to_fit();
  return content;
}

tl::expected<Unpacked, std::string> UnpackAll(const File& file, Allowance* allowance,
                                              const UnpackLimits& limits) {
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
    auto content = ReadContent(&*reader, allowance, &left);
    if (!content) return tl::unexpected(std::move(content.error()));
    if (!unpacked.is_tar) path = WithoutCompressionSuffix(file.name);
    if (path.empty()) path = fmt::format("(member {})", unpacked.members.size() + 1);
    unpacked.members.push_back({std::move(path), *std::move(content)});
  }
}

}  // namespace

bool IsArchive(std::string_view content) { return IsCompressed(content) || IsTar(content); }

tl::expected<Unpacked, Error> Unpack(const File& file, Allowance* allowance,
                                     const UnpackLimits& limits) {
  return UnpackAll(file, allowance, limits).map_error([&](std::string&& why) {
    return Error{file.name, 0, 0, std::move(why)};
  });
}

}  // namespace vtprobe::import
