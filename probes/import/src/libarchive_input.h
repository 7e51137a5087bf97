// A byte source as libarchive reads one.

#ifndef VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_INPUT_H_
#define VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "byte_source.h"
#include "libarchive.h"

namespace vtprobe::import {

// Stays where it is while libarchive reads it.
class LibarchiveInput {
 public:
  explicit LibarchiveInput(ByteSourcePtr source) : source_(std::move(source)), block_(kBlock) {}
  LibarchiveInput(const LibarchiveInput&) = delete;
  LibarchiveInput& operator=(const LibarchiveInput&) = delete;

  // As archive_read_open() takes it, with the input itself as its data.
  static la_ssize_t Read(::archive*, void* input, const void** block) {
    auto* const self = static_cast<LibarchiveInput*>(input);
    *block = self->block_.data();
    return self->Fill();
  }

  // The source's error, which libarchive can't tell.
  const std::optional<std::string>& error() const { return error_; }
  // How many bytes libarchive was given.
  std::uint64_t given() const { return given_; }

  // Whether there is nothing more in the source but zeros, and nothing else in
  // what was given behind the first `used` bytes. Reads the source to its end.
  bool HasOnlyZerosBehind(std::uint64_t used) {
    std::uint64_t unused = given_ - used;
    if (unused > last_) return false;
    std::size_t begin = last_ - static_cast<std::size_t>(unused);
    for (std::size_t size = last_; size > 0;) {
      for (; begin < size; ++begin) {
        if (block_[begin] != 0) return false;
      }
      const la_ssize_t count = Fill();
      if (count < 0) return false;
      size = static_cast<std::size_t>(count);
      begin = 0;
    }
    return true;
  }

  // Why libarchive can't go on: the source's error, or its own.
  tl::unexpected<std::string> WhyBroken(const LibArchive& library, ::archive* handle) const {
    if (error_) return tl::unexpected(*error_);
    const char* const why = library.archive_error_string(handle);
    return tl::unexpected(std::string("the archive is broken: ") +
                          (why == nullptr ? "unknown error" : why));
  }

 private:
  static constexpr std::size_t kBlock = std::size_t{256} << 10;

  la_ssize_t Fill() {
    const auto count = source_->Read(block_.data(), block_.size());
    if (!count) error_ = count.error();
    last_ = count.value_or(0);
    given_ += last_;
    return count ? static_cast<la_ssize_t>(last_) : -1;
  }

  ByteSourcePtr source_;
  std::vector<char> block_;
  std::size_t last_ = 0;  // how much of it was filled last
  std::uint64_t given_ = 0;
  std::optional<std::string> error_;
};

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_INPUT_H_
