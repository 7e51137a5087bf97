// Where the bytes of an archive come from: memory, a descriptor, or what a
// compression makes of either.
//
// A compression promises more than its bytes: a checksum, a length, an end.
// What comes out of a source is held against all of that, and an end that was
// not proven is an error.

#ifndef VTPROBE_PROBES_IMPORT_SRC_BYTE_SOURCE_H_
#define VTPROBE_PROBES_IMPORT_SRC_BYTE_SOURCE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace vtprobe::import {

// For one thread at a time. After an error there is nothing more to ask.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // At most so many bytes (> 0) to `to`: how many, 0 at the end only. An error
  // is a sentence on the whole.
  virtual tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) = 0;

 protected:
  ByteSource() = default;
};

using ByteSourcePtr = std::unique_ptr<ByteSource>;

// The bytes must outlive the source.
ByteSourcePtr SourceOfMemory(std::string_view bytes);
// From where the descriptor stands; it is left open.
ByteSourcePtr SourceOfDescriptor(int fd);

// The first bytes of a source, to be read again.
class PeekableSource : public ByteSource {
 public:
  explicit PeekableSource(ByteSourcePtr source) : source_(std::move(source)) {}

  // So many bytes, or all that there are. Before the first Read().
  tl::expected<std::string_view, std::string> Peek(std::size_t size);
  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override;

 private:
  ByteSourcePtr source_;
  std::string beginning_;
  std::size_t at_ = 0;  // in it
};

// Whether the bytes begin as gzip, bzip2, xz or zstd does.
bool IsCompressed(std::string_view beginning);

// Whether the content begins as a tar does.
bool IsTar(std::string_view content);

// What `packed` unpacks to. Requires IsCompressed(beginning), of its first bytes.
// What is not proven whole by the checksums and the end that it should have is
// an error, and so is anything behind that end but zeros, which fill up tapes.
tl::expected<ByteSourcePtr, std::string> Decompressed(ByteSourcePtr packed,
                                                      std::string_view beginning);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_BYTE_SOURCE_H_
