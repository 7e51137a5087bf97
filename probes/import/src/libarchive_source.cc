#include "libarchive_source.h"

#include <memory>
#include <utility>

#include "libarchive.h"
#include "libarchive_input.h"

namespace vtprobe::import {
namespace {

class Unpacker final : public ByteSource {
 public:
  Unpacker(const LibArchive& library, ByteSourcePtr packed)
      : library_(library),
        input_(std::move(packed)),
        handle_(library.archive_read_new(), library.archive_read_free) {}

  // libarchive makes up for a compression that it was built without by running
  // a program, and warns. Nothing is run here.
  tl::expected<void, std::string> Open() {
    if (handle_ == nullptr) return tl::unexpected<std::string>("libarchive has no memory left");
    for (const auto support :
         {library_.archive_read_support_filter_bzip2, library_.archive_read_support_filter_xz,
          library_.archive_read_support_filter_zstd, library_.archive_read_support_format_raw}) {
      if (support(handle_.get()) != ARCHIVE_OK) {
        return tl::unexpected<std::string>("this libarchive was built without bzip2, xz or zstd");
      }
    }
    ::archive_entry* entry = nullptr;
    if (library_.archive_read_open(handle_.get(), &input_, nullptr, LibarchiveInput::Read,
                                   nullptr) != ARCHIVE_OK) {
      return Broken();
    }
    const int status = library_.archive_read_next_header(handle_.get(), &entry);
    is_empty_ = status == ARCHIVE_EOF;
    if (status != ARCHIVE_OK && !is_empty_) return Broken();
    // The last filter that libarchive counts is the one that does nothing.
    const int filters = library_.archive_filter_count(handle_.get());
    if (filters > 2) {
      return tl::unexpected<std::string>("expected an archive that is compressed once");
    }
    if (filters < 2) return tl::unexpected<std::string>("the archive is broken in its first bytes");
    return {};
  }

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    const auto count =
        is_empty_ ? la_ssize_t{0} : library_.archive_read_data(handle_.get(), to, most);
    if (count < 0) return Broken();
    if (count == 0 && !input_.HasOnlyZerosBehind(Used())) {
      if (input_.error()) return tl::unexpected(*input_.error());
      return tl::unexpected<std::string>(
          "the archive is broken: something that was not compressed stands behind its end");
    }
    return static_cast<std::size_t>(count);
  }

 private:
  std::uint64_t Used() const {
    return static_cast<std::uint64_t>(library_.archive_filter_bytes(handle_.get(), -1));
  }

  tl::unexpected<std::string> Broken() const { return input_.WhyBroken(library_, handle_.get()); }

  LibArchive library_;
  LibarchiveInput input_;
  std::unique_ptr<::archive, decltype(&::archive_read_free)> handle_;  // reads the input
  bool is_empty_ = false;
};

}  // namespace

tl::expected<ByteSourcePtr, std::string> LibarchiveSource(ByteSourcePtr packed) {
  const auto library = LoadLibArchive();
  if (!library) return tl::unexpected(library.error());
  auto unpacker = std::make_unique<Unpacker>(*library, std::move(packed));
  if (auto opened = unpacker->Open(); !opened) return tl::unexpected(std::move(opened.error()));
  return unpacker;
}

}  // namespace vtprobe::import
