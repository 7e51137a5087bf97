#include "vtprobe/import/archive_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "byte_source.h"
#include "libarchive.h"
#include "libarchive_input.h"

namespace vtprobe::import {
namespace {

constexpr std::size_t kTarBlock = 512;

// Paths are no longer, [linux] include/uapi/linux/limits.h, and names in an
// archive may be as long as its maker likes.
constexpr std::size_t kLongestPath = 4096;

// What may come out of an archive: a small one may claim the allowance, a larger
// one so many times its own size on top. A tar of a machine's hwloc files, which
// says the same again and again, comes near 100.
constexpr std::uint64_t kAllowance = std::uint64_t{1} << 30;
constexpr std::uint64_t kRatio = 200;

// Counts what passes, here of the packed bytes.
class CountedSource final : public ByteSource {
 public:
  CountedSource(ByteSourcePtr source, std::shared_ptr<std::uint64_t> count)
      : source_(std::move(source)), count_(std::move(count)) {}

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    auto got = source_->Read(to, most);
    *count_ += got.value_or(0);
    return got;
  }

 private:
  ByteSourcePtr source_;
  std::shared_ptr<std::uint64_t> count_;
};

// What was unpacked, as long as it is in proportion to what was packed.
class ProportionateSource final : public ByteSource {
 public:
  ProportionateSource(ByteSourcePtr source, std::shared_ptr<std::uint64_t> packed)
      : source_(std::move(source)), packed_(std::move(packed)) {}

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    auto got = source_->Read(to, most);
    unpacked_ += got.value_or(0);
    if (unpacked_ <= kAllowance + kRatio * *packed_) return got;
    return tl::unexpected<std::string>(
        "expected an archive that unpacks to at most 1 GiB and 200 times its size");
  }

 private:
  ByteSourcePtr source_;
  std::shared_ptr<std::uint64_t> packed_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

class ArchiveReader::Inside {
 public:
  virtual ~Inside() = default;
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  virtual tl::expected<std::optional<Member>, std::string> Next() = 0;
  virtual tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) = 0;
  virtual bool is_tar() const = 0;

 protected:
  Inside() = default;
};

class ArchiveReader::Tar final : public Inside {
 public:
  Tar(const LibArchive& library, ByteSourcePtr source)
      : library_(library),
        input_(std::move(source)),
        handle_(library.archive_read_new(), library.archive_read_free) {}

  tl::expected<void, std::string> Open() {
    if (handle_ == nullptr) return tl::unexpected<std::string>("libarchive has no memory left");
    if (library_.archive_read_support_format_tar(handle_.get()) != ARCHIVE_OK ||
        library_.archive_read_open(handle_.get(), &input_, nullptr, LibarchiveInput::Read,
                                   nullptr) != ARCHIVE_OK) {
      return Broken();
    }
    return {};
  }

  tl::expected<std::optional<Member>, std::string> Next() override {
    // What fills up the last block of a member belongs to it.
    if (is_within_member_ && library_.archive_read_data_skip(handle_.get()) < ARCHIVE_WARN) {
      return Broken();
    }
    const auto before = Used();
    ::archive_entry* entry = nullptr;
    const int status = library_.archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF) return End(Used() - before);
    if (status < ARCHIVE_WARN) return Broken();
    is_within_member_ = true;
    Member member = Describe(entry);
    has_file_ = has_file_ || member.kind != Kind::kOther;
    return member;
  }

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    const auto count = library_.archive_read_data(handle_.get(), to, most);
    if (count < 0) return Broken();
    return static_cast<std::size_t>(count);
  }

  bool is_tar() const override { return true; }

 private:
  // The end of the members, with so many bytes of blocks that say so.
  tl::expected<std::optional<Member>, std::string> End(std::int64_t size_of_mark) {
    if (size_of_mark < static_cast<std::int64_t>(kTarBlock)) {
      return tl::unexpected<std::string>(
          "the archive is broken: it breaks off without the blocks that end a tar");
    }
    if (!input_.HasOnlyZerosBehind(static_cast<std::uint64_t>(Used()))) {
      if (input_.error()) return tl::unexpected(*input_.error());
      return tl::unexpected<std::string>(
          "the archive is broken: something stands behind the blocks that end a tar");
    }
    if (!has_file_) return tl::unexpected<std::string>("the archive holds no file");
    return std::nullopt;
  }

  // How much of the tar was taken.
  std::int64_t Used() const { return library_.archive_filter_bytes(handle_.get(), 0); }

  Member Describe(::archive_entry* entry) const {
    Member member;
    if (library_.archive_entry_size_is_set(entry) != 0) {
      member.size = static_cast<std::size_t>(library_.archive_entry_size(entry));
    }
    // A name beyond ASCII can't be put into the characters of the C locale.
    const char* path = library_.archive_entry_pathname(entry);
    if (path == nullptr) path = library_.archive_entry_pathname_utf8(entry);
    if (path != nullptr) member.path = path;
    const auto type = library_.archive_entry_filetype(entry);
    if (type == AE_IFREG) return member;  // with its content, even if it is linked to another
    const bool is_link = type == AE_IFLNK || library_.archive_entry_hardlink(entry) != nullptr;
    member.kind = is_link ? Kind::kLink : Kind::kOther;
    return member;
  }

  tl::unexpected<std::string> Broken() const { return input_.WhyBroken(library_, handle_.get()); }

  LibArchive library_;
  LibarchiveInput input_;
  std::unique_ptr<::archive, decltype(&::archive_read_free)> handle_;  // reads the input
  bool is_within_member_ = false;
  bool has_file_ = false;
};

class ArchiveReader::CompressedFile final : public Inside {
 public:
  explicit CompressedFile(ByteSourcePtr source) : source_(std::move(source)) {}

  tl::expected<std::optional<Member>, std::string> Next() override {
    if (!std::exchange(was_given_, true)) return Member();
    std::vector<char> rest(kTarBlock * kTarBlock);
    while (true) {
      const auto count = source_->Read(rest.data(), rest.size());
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) return std::nullopt;
    }
  }

  tl::expected<std::size_t, std::string> Read(char* to, std::size_t most) override {
    std::size_t size = 0;
    while (size < most) {
      const auto count = source_->Read(to + size, most - size);
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) break;
      size += *count;
    }
    return size;
  }

  bool is_tar() const override { return false; }

 private:
  ByteSourcePtr source_;
  bool was_given_ = false;
};

ArchiveReader::ArchiveReader(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;

tl::expected<ArchiveReader, std::string> ArchiveReader::OfMemory(std::string_view bytes) {
  return Of(SourceOfMemory(bytes));
}

tl::expected<ArchiveReader, std::string> ArchiveReader::OfDescriptor(int fd) {
  return Of(SourceOfDescriptor(fd));
}

tl::expected<ArchiveReader, std::string> ArchiveReader::Of(ByteSourcePtr source) {
  const auto packed = std::make_shared<std::uint64_t>(0);
  auto content =
      std::make_unique<PeekableSource>(std::make_unique<CountedSource>(std::move(source), packed));
  auto beginning = content->Peek(kTarBlock);
  if (!beginning) return tl::unexpected(beginning.error());
  if (beginning->empty()) return tl::unexpected<std::string>("it is empty");
  const bool is_compressed = IsCompressed(*beginning);
  if (is_compressed) {
    const std::string signature(beginning->substr(0, 8));
    auto unpacked = Decompressed(std::move(content), signature);
    if (!unpacked) return tl::unexpected(std::move(unpacked.error()));
    content = std::make_unique<PeekableSource>(
        std::make_unique<ProportionateSource>(*std::move(unpacked), packed));
    beginning = content->Peek(kTarBlock);
    if (!beginning) return tl::unexpected(beginning.error());
    if (beginning->empty()) return tl::unexpected<std::string>("what was compressed is empty");
    if (IsCompressed(*beginning)) {
      return tl::unexpected<std::string>("expected an archive that is compressed once");
    }
  }
  if (IsTar(*beginning)) {
    const auto library = LoadLibArchive();
    if (!library) return tl::unexpected(library.error());
    auto tar = std::make_unique<Tar>(*library, std::move(content));
    if (auto opened = tar->Open(); !opened) return tl::unexpected(std::move(opened.error()));
    return ArchiveReader(std::move(tar));
  }
  if (beginning->find_first_not_of('\0') == std::string_view::npos) {
    return tl::unexpected<std::string>(
        "it begins with zeros: an archive of nothing, or one that was lost");
  }
  if (is_compressed) return ArchiveReader(std::make_unique<CompressedFile>(std::move(content)));
  return tl::unexpected<std::string>(
      "expected a folder or an archive (tar, or what gzip, bzip2, xz or zstd compressed)");
}

tl::expected<std::optional<ArchiveReader::Member>, std::string> ArchiveReader::Next() {
  auto member = inside_->Next();
  if (member && *member && (*member)->path.size() > kLongestPath) {
    return tl::unexpected<std::string>("expected paths of at most 4096 bytes");
  }
  return member;
}

bool ArchiveReader::is_tar() const { return inside_->is_tar(); }

tl::expected<std::size_t, std::string> ArchiveReader::Read(std::size_t most, std::string* content) {
  const std::size_t size = content->size();
  content->resize(size + most);
  auto count = inside_->Read(content->data() + size, most);
  content->resize(size + count.value_or(0));
  return count;
}

}  // namespace vtprobe::import
