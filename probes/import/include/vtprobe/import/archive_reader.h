// An archive or a compressed file, member by member: nothing of it is held but
// what the caller takes.
//
// Nothing is ever written, so a member's path is a name and nothing more. An
// archive is read to its end, though tar has its own before that, since a
// compression's checksum stands there; one that breaks off between two members
// lacks the blocks that end a tar.

#ifndef VTPROBE_IMPORT_ARCHIVE_READER_H_
#define VTPROBE_IMPORT_ARCHIVE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vtprobe::import {

class ByteSource;

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

  // What is neither tar nor compressed is an error: no archive. The bytes must
  // outlive the reader.
  static tl::expected<ArchiveReader, std::string> OfMemory(std::string_view bytes);
  // Reads the descriptor from where it stands, a pipe's as well, and leaves it open.
  static tl::expected<ArchiveReader, std::string> OfDescriptor(int fd);

  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) noexcept;
  ~ArchiveReader();

  // The next member, passing over what was not read of the one before; nothing
  // at the end. An archive of which no member is a file is an error.
  tl::expected<std::optional<Member>, std::string> Next();

  bool is_tar() const;

  // Appends the next bytes of the member. Fewer than asked for are its last.
  tl::expected<std::size_t, std::string> Read(std::size_t most, std::string* content);

 private:
  class Inside;
  class Tar;
  class CompressedFile;

  explicit ArchiveReader(std::unique_ptr<Inside> inside);

  static tl::expected<ArchiveReader, std::string> Of(std::unique_ptr<ByteSource> source);

  std::unique_ptr<Inside> inside_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_ARCHIVE_READER_H_
