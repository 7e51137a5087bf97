#include "vtprobe/import/archive_reader.h"

#include <utility>

#include "libarchive.h"

namespace vtprobe::import {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

}  // namespace

// libarchive makes up for a compression that it was built without by running a
// program, and warns. Nothing is run here.
tl::expected<ArchiveReader, std::string> ArchiveReader::Make() {
  const auto library = LoadLibArchive();
  if (!library) return tl::unexpected(library.error());
  Handle handle(library->archive_read_new(), library->archive_read_free);
  if (handle == nullptr) return tl::unexpected<std::string>("libarchive has no memory left");
  for (const auto support :
       {library->archive_read_support_filter_gzip, library->archive_read_support_filter_bzip2,
        library->archive_read_support_filter_xz, library->archive_read_support_filter_zstd,
        library->archive_read_support_format_tar, library->archive_read_support_format_raw}) {
    if (support(handle.get()) != ARCHIVE_OK) {
      return tl::unexpected<std::string>(
          "this libarchive was built without gzip, bzip2, xz or zstd");
    }
  }
  return ArchiveReader(std::make_shared<const LibArchive>(*library), std::move(handle));
}

tl::expected<ArchiveReader, std::string> ArchiveReader::OfMemory(std::string_view bytes) {
  auto reader = Make();
  if (!reader) return reader;
  if (reader->library_->archive_read_open_memory(reader->handle_.get(), bytes.data(),
                                                 bytes.size()) != ARCHIVE_OK) {
    return reader->Broken();
  }
  return reader;
}

tl::expected<ArchiveReader, std::string> ArchiveReader::OfDescriptor(int fd) {
  auto reader = Make();
  if (!reader) return reader;
  if (reader->library_->archive_read_open_fd(reader->handle_.get(), fd, kBlock) != ARCHIVE_OK) {
    return reader->Broken();
  }
  return reader;
}

tl::expected<std::optional<ArchiveReader::Member>, std::string> ArchiveReader::Next() {
  ::archive_entry* entry = nullptr;
  const int status = library_->archive_read_next_header(handle_.get(), &entry);
  if (status == ARCHIVE_EOF) return std::nullopt;
  if (status < ARCHIVE_WARN) return Broken();
  // The last filter that libarchive counts is the one that does nothing.
  if (library_->archive_filter_count(handle_.get()) > 2) {
    return tl::unexpected<std::string>("expected an archive that is compressed once");
  }
  return Describe(entry);
}

bool ArchiveReader::is_tar() const {
  return (library_->archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

bool ArchiveReader::is_compressed() const {
  return library_->archive_filter_count(handle_.get()) > 1;
}

ArchiveReader::Member ArchiveReader::Describe(::archive_entry* entry) const {
  Member member;
  if (library_->archive_entry_size_is_set(entry) != 0) {
    member.size = static_cast<std::size_t>(library_->archive_entry_size(entry));
  }
  if (!is_tar()) return member;
  // A name beyond ASCII can't be put into the characters of the C locale.
  const char* path = library_->archive_entry_pathname(entry);
  if (path == nullptr) path = library_->archive_entry_pathname_utf8(entry);
  if (path != nullptr) member.path = path;
  const auto type = library_->archive_entry_filetype(entry);
  if (type == AE_IFREG) return member;  // with its content, even if it is linked to another
  const bool is_link = type == AE_IFLNK || library_->archive_entry_hardlink(entry) != nullptr;
  member.kind = is_link ? Kind::kLink : Kind::kOther;
  return member;
}

tl::expected<std::size_t, std::string> ArchiveReader::Read(std::size_t most, std::string* content) {
  const std::size_t size = content->size();
  content->resize(size + most);
  const auto count = library_->archive_read_data(handle_.get(), content->data() + size, most);
  if (count < 0) return Broken();
  const auto got = static_cast<std::size_t>(count);
  content->resize(size + got);
  return got;
}

tl::unexpected<std::string> ArchiveReader::Broken() const {
  const char* const why = library_->archive_error_string(handle_.get());
  return tl::unexpected(std::string("the archive is broken: ") +
                        (why == nullptr ? "unknown error" : why));
}

}  // namespace vtprobe::import
