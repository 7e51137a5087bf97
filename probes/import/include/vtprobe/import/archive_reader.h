// An archive or a compressed file, member by member: nothing of it is held but
// what the caller takes.
//
// Nothing is ever written, so a member's path is a name and nothing more.

#ifndef VTPROBE_IMPORT_ARCHIVE_READER_H_
#define VTPROBE_IMPORT_ARCHIVE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

struct archive;
struct archive_entry;

namespace vtprobe::import {

struct LibArchive;

// Reads tar, as it is or compressed once with gzip, bzip2, xz or zstd, and one
// file so compressed. An error is a sentence on the archive as a whole, and
// after one there is nothing more to ask. For one thread at a time.
class ArchiveReader {
 public:
  enum class Kind : std::uint8_t {
    kFile,
    kLink,  // to another member, or a symbolic link: its content is not here
    kOther
  };
  struct Member {
    std::string path;  // empty where the archive gives none, as of a compressed file
    Kind kind = Kind::kFile;
    std::optional<std::size_t> size;  // in bytes, as stated
  };

  // The bytes must outlive the reader.
  static tl::expected<ArchiveReader, std::string> OfMemory(std::string_view bytes);
  // Reads the descriptor from where it stands, a pipe's as well, and leaves it open.
  static tl::expected<ArchiveReader, std::string> OfDescriptor(int fd);

  // The next member, passing over what was not read of the one before; nothing
  // at the end.
  tl::expected<std::optional<Member>, std::string> Next();

  // Both hold from the first member on. What is neither is no archive.
  bool is_tar() const;
  bool is_compressed() const;

  // Appends the next bytes of the member. Fewer than asked for are its last.
  tl::expected<std::size_t, std::string> Read(std::size_t most, std::string* content);

 private:
  using Handle = std::unique_ptr<::archive, int (*)(::archive*)>;

  ArchiveReader(std::shared_ptr<const LibArchive> library, Handle handle)
      : library_(std::move(library)), handle_(std::move(handle)) {}

  static tl::expected<ArchiveReader, std::string> Make();
  Member Describe(::archive_entry* entry) const;
  tl::unexpected<std::string> Broken() const;

  std::shared_ptr<const LibArchive> library_;
  Handle handle_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_ARCHIVE_READER_H_
