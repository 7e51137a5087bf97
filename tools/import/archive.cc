#include "import/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "import/libarchive.h"
#include "import/numbers.h"

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

class Reader {
 public:
  Reader(const LibArchive& library, const File& file, const UnpackLimits& limits)
      : library_(library),
        file_(file),
        handle_(library.archive_read_new(), library.archive_read_free),
        limits_(limits),
        left_(std::min(limits.total, limits.allowance + limits.ratio * file.content.size())) {}

  tl::expected<Unpacked, Error> Run() {
    if (auto error = Open()) return tl::unexpected(*std::move(error));
    Unpacked unpacked;
    ::archive_entry* entry = nullptr;
    while (true) {
      const int status = library_.archive_read_next_header(handle_.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      if (status < ARCHIVE_WARN) return Fail();
      // The last filter that libarchive counts is the one that does nothing.
      if (library_.archive_filter_count(handle_.get()) > 2) {
        return Refuse("expected an archive that is compressed once");
      }
      unpacked.is_tar =
          (library_.archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
      if (unpacked.is_tar && library_.archive_entry_filetype(entry) != AE_IFREG) continue;
      if (unpacked.members.size() == limits_.members) {
        return Refuse(fmt::format("expected an archive of at most {} files", limits_.members));
      }
      auto content = ReadContent();
      if (!content) return tl::unexpected(std::move(content.error()));
      unpacked.members.push_back({NameOf(entry, unpacked), *std::move(content)});
    }
    return unpacked;
  }

 private:
  // libarchive makes up for a compression that it was built without by running
  // a program, and warns. Nothing is run here.
  std::optional<Error> Open() {
    if (handle_ == nullptr) return Error{file_.name, 0, 0, "libarchive has no memory left"};
    ::archive* const handle = handle_.get();
    for (const int status : {library_.archive_read_support_filter_gzip(handle),
                             library_.archive_read_support_filter_bzip2(handle),
                             library_.archive_read_support_filter_xz(handle),
                             library_.archive_read_support_filter_zstd(handle),
                             library_.archive_read_support_format_tar(handle),
                             library_.archive_read_support_format_raw(handle)}) {
      if (status != ARCHIVE_OK) {
        return Error{file_.name, 0, 0, "this libarchive was built without gzip, bzip2, xz or zstd"};
      }
    }
    const std::string_view bytes = file_.content;
    if (library_.archive_read_open_memory(handle, bytes.data(), bytes.size()) != ARCHIVE_OK) {
      return Broken();
    }
    return std::nullopt;
  }

  tl::expected<std::string, Error> ReadContent() {
    std::string content;
    while (true) {
      const std::size_t size = content.size();
      content.resize(size + kBlock);
      const auto count = library_.archive_read_data(handle_.get(), content.data() + size, kBlock);
      if (count < 0) return Fail();
      const auto got = static_cast<std::size_t>(count);
      content.resize(size + got);
      if (got == 0) break;
      if (got > left_) {
        return Refuse("it unpacks to far more than a recording would: refused");
      }
      left_ -= got;
    }
    content.shrink_to_fit();
    return content;
  }

  std::string NameOf(::archive_entry* entry, const Unpacked& unpacked) const {
    if (!unpacked.is_tar) return WithoutCompressionSuffix(file_.name);
    const char* const path = library_.archive_entry_pathname(entry);
    return path == nullptr ? fmt::format("(member {})", unpacked.members.size() + 1) : path;
  }

  Error Broken() const {
    const char* const why = library_.archive_error_string(handle_.get());
    return {file_.name, 0, 0,
            fmt::format("the archive is broken: {}", why == nullptr ? "unknown error" : why)};
  }
  tl::unexpected<Error> Fail() const { return tl::unexpected(Broken()); }
  tl::unexpected<Error> Refuse(std::string message) const {
    return tl::unexpected(Error{file_.name, 0, 0, std::move(message)});
  }

  const LibArchive& library_;
  const File& file_;
  std::unique_ptr<::archive, decltype(&::archive_read_free)> handle_;
  UnpackLimits limits_;
  std::size_t left_;
};

}  // namespace

bool IsArchive(std::string_view content) {
  static constexpr std::array kSignatures = {"\x1f\x8b"sv, "BZh"sv, "\xfd\x37zXZ\0"sv,
                                             "\x28\xb5\x2f\xfd"sv};
  return std::any_of(kSignatures.begin(), kSignatures.end(),
                     [&](std::string_view signature) { return content.starts_with(signature); }) ||
         IsTar(content);
}

tl::expected<Unpacked, Error> Unpack(const File& file, const UnpackLimits& limits) {
  const auto library = LoadLibArchive();
  if (!library) return tl::unexpected(Error{file.name, 0, 0, library.error()});
  return Reader(*library, file, limits).Run();
}

}  // namespace vtprobe::import
