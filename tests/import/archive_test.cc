// Archives made here, whole and hostile.

#include <archive.h>
#include <archive_entry.h>

#include <cstdlib>
#include <functional>
#include <memory>

#include "libarchive.h"
#include "struct_support.h"
#include "unpack.h"
#include "vtprobe/import/archive_reader.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Packed {
  std::string path;
  std::string content;
  decltype(AE_IFREG) type = AE_IFREG;
};

using AddFilter = std::function<int(::archive*)>;

// Nothing if this libarchive lacks the compression.
std::string Pack(const std::vector<Packed>& members, const AddFilter& filter, bool is_raw = false) {
  std::string bytes;
  const std::unique_ptr<::archive, decltype(&::archive_write_free)> writer(::archive_write_new(),
                                                                           ::archive_write_free);
  if (filter(writer.get()) != ARCHIVE_OK) return {};
  is_raw ? ::archive_write_set_format_raw(writer.get())
         : ::archive_write_set_format_ustar(writer.get());
  ::archive_write_set_bytes_in_last_block(writer.get(), 1);  // no padding behind the end
  const auto append = [](::archive*, void* to, const void* block, std::size_t size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(block), size);
    return static_cast<la_ssize_t>(size);
  };
  ::archive_write_open(writer.get(), &bytes, nullptr, append, nullptr);
  for (const Packed& member : members) {
    const std::unique_ptr<::archive_entry, decltype(&::archive_entry_free)> entry(
        ::archive_entry_new(), ::archive_entry_free);
    ::archive_entry_set_pathname(entry.get(), member.path.c_str());
    ::archive_entry_set_filetype(entry.get(), member.type);
    if (member.type == AE_IFLNK) ::archive_entry_set_symlink(entry.get(), "/etc/passwd");
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.content.size()));
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_write_header(writer.get(), entry.get());
    ::archive_write_data(writer.get(), member.content.data(), member.content.size());
  }
  ::archive_write_close(writer.get());
  return bytes;
}

struct Compression {
  std::string suffix;
  AddFilter add;
};

const Compression kNoCompression{"", ::archive_write_add_filter_none};
const Compression kGzip{".gz", ::archive_write_add_filter_gzip};

std::vector<Compression> Compressions() {
  return {kGzip,
          {".bz2", ::archive_write_add_filter_bzip2},
          {".xz", ::archive_write_add_filter_xz},
          {".zst", ::archive_write_add_filter_zstd}};
}

std::string Pu(unsigned cpu) { return "1 1 0 0 0 => 1 " + std::to_string(cpu % 10) + " 3 4\n"; }

std::vector<Packed> Machine() {
  return {{"machine/", "", AE_IFDIR},
          {"machine/pu10", Pu(10)},
          {"machine/hwloc-cpuid-info", "Architecture: x86\n"},
          {"machine/pu2", Pu(2)},
          {"machine/pu0", Pu(0)}};
}

tl::expected<Imported, Error> Read(std::string name, std::string content) {
  return ReadRecording({{std::move(name), std::move(content)}}, nullptr, {});
}

TEST(Archive, ATarOfOneMachineIsOneRecording) {
  auto compressions = Compressions();
  compressions.push_back(kNoCompression);
  for (const Compression& compression : compressions) {
    SCOPED_TRACE(compression.suffix);
    const std::string bytes = Pack(Machine(), compression.add);
    ASSERT_FALSE(bytes.empty());
    ASSERT_TRUE(IsArchive(bytes));
    const auto imported = Read("dir/machine.tar" + compression.suffix, bytes);
    ASSERT_TRUE(imported.has_value()) << Said(imported.error());
    EXPECT_EQ(Body(imported->snapshot),
              "cpu 0,10\n"
              "cpuid 0x1.0x0 = 0x1 0x0 0x3 0x4\n"
              "cpu 2\n"
              "cpuid 0x1.0x0 = 0x1 0x2 0x3 0x4\n");
    EXPECT_THAT(imported->notes, ElementsAre("left alone, being no recording: hwloc-cpuid-info"));
    EXPECT_EQ(imported->snapshot.metadata().Get(meta::kSource), "machine.tar" + compression.suffix);
  }
}

TEST(Archive, ACompressedFileIsThatFile) {
  for (const Compression& compression : Compressions()) {
    SCOPED_TRACE(compression.suffix);
    const std::string bytes = Pack({{"x", Pu(7)}}, compression.add, true);
    ASSERT_TRUE(IsArchive(bytes));
    const auto imported = Read("a/pu7" + compression.suffix, bytes);
    ASSERT_TRUE(imported.has_value()) << Said(imported.error());
    EXPECT_EQ(Body(imported->snapshot), "cpu 7\ncpuid 0x1.0x0 = 0x1 0x7 0x3 0x4\n");
    EXPECT_THAT(imported->notes, IsEmpty());
  }
}

TEST(Archive, WhatIsNoRegularFileIsPassedOver) {
  const std::string bytes =
      Pack({{"pu0", "", AE_IFLNK}, {"pu0", "", AE_IFIFO}, {"../../pu1", Pu(1)}, {"/pu3", Pu(3)}},
           kNoCompression.add);
  Allowance allowance;
  const auto unpacked = Unpack({"x.tar", bytes}, &allowance);
  ASSERT_TRUE(unpacked.has_value()) << Said(unpacked.error());
  ASSERT_EQ(unpacked->members.size(), 2u);
  EXPECT_EQ(unpacked->members[0].path, "../../pu1");
  EXPECT_EQ(unpacked->members[0].content, Pu(1));
  EXPECT_EQ(Read("x.tar", bytes)->snapshot.online().ToString(), "1,3");
}

TEST(Archive, TwoMachinesInOneAreRefused) {
  const auto two = Read("x.tar", Pack({{"a/pu0", Pu(0)}, {"b/pu0", Pu(0)}}, kNoCompression.add));
  ASSERT_FALSE(two.has_value());
  EXPECT_EQ(two.error().file, "x.tar/b/pu0");

  const auto mixed =
      Read("x.tar",
           Pack({{"pu0", Pu(0)}, {"msrs.csv", "MSR_ADDR,VALUE\n0x10,0x1\n"}}, kNoCompression.add));
  ASSERT_FALSE(mixed.has_value());
  EXPECT_THAT(Said(mixed.error()), HasSubstr("x.tar/pu0"));
  EXPECT_THAT(Said(mixed.error()), HasSubstr("msrs.csv is of format firecracker-csv"));
}

TEST(Archive, AnArchiveInAnArchiveStaysShut) {
  const std::string inner = Pack(Machine(), kGzip.add);
  const auto outer = Read("x.tar", Pack({{"inner.tar.gz", inner}}, kNoCompression.add));
  ASSERT_FALSE(outer.has_value());
  EXPECT_THAT(outer.error().message, HasSubstr("no recording that is known"));

  const auto beside =
      Read("x.tar", Pack({{"inner.tar.gz", inner}, {"pu4", Pu(4)}}, kNoCompression.add));
  ASSERT_TRUE(beside.has_value());
  EXPECT_EQ(beside->snapshot.online().ToString(), "4");

  const auto twice = Read("x.gz", Pack({{"x", inner}}, kGzip.add, true));
  ASSERT_FALSE(twice.has_value());
  EXPECT_THAT(twice.error().message, HasSubstr("compressed once"));
}

TEST(Archive, ATruncatedOneIsRefused) {
  auto compressions = Compressions();
  compressions.push_back(kNoCompression);
  for (const Compression& compression : compressions) {
    // Contents that don't compress away, so that half of the bytes is less than
    // all of the members.
    std::vector<Packed> members;
    std::string noise = "# ";
    std::uint32_t state = 1;
    for (int i = 0; i < 20'000; ++i) {
      state = state * 1664525 + 1013904223;
      noise += static_cast<char>('a' + (state >> 24) % 26);
    }
    for (unsigned cpu = 0; cpu < 9; ++cpu) {
      members.push_back({"pu" + std::to_string(cpu), Pu(cpu) + noise});
    }
    const std::string bytes = Pack(members, compression.add);
    const auto whole = Read("x", bytes);
    ASSERT_TRUE(whole.has_value()) << compression.suffix << Said(whole.error());
    for (const std::size_t size : {bytes.size() / 2, bytes.size() / 3, std::size_t{600}}) {
      const auto imported = Read("x", bytes.substr(0, size));
      EXPECT_FALSE(imported.has_value()) << compression.suffix << " cut to " << size;
    }
  }
}

TEST(Archive, EverySingleByteMayBeWrong) {
  const std::string bytes = Pack({{"pu0", Pu(0)}, {"pu1", Pu(1)}}, kGzip.add);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 0x55);
    static_cast<void>(Read("x", broken));  // refused or read, but neither crashes nor hangs
  }
}

// Without a checksum, 1 in 5 of gzip's flipped bits is read as something else.
TEST(Archive, NoSingleBitMakesAnotherRecordingOfIt) {
  const std::string text =
      "vtprobe-dump 1\nmeta stage = os\ncpu 0-7\n"
      "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x1\nmsr 0xc0010114 = 0x18\n";
  const PlatformSnapshot whole = Read("x", text)->snapshot;
  for (const Compression& compression : Compressions()) {
    // libarchive leaves the checksum out of zstd, which then promises nothing.
    if (compression.suffix == ".zst") continue;
    const std::string bytes = Pack({{"x", text}}, compression.add, true);
    ASSERT_TRUE(Read("x", bytes)->snapshot == whole) << compression.suffix;
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      const auto imported = Read("x", flipped);
      EXPECT_TRUE(!imported || imported->snapshot == whole) << compression.suffix << " bit " << bit;
    }
  }
}

TEST(Archive, WhereverItIsCutItIsRefused) {
  auto compressions = Compressions();
  compressions.push_back(kNoCompression);
  for (const Compression& compression : compressions) {
    const std::string bytes = Pack({{"pu0", Pu(0)}, {"pu1", Pu(1)}}, compression.add);
    ASSERT_TRUE(Read("x", bytes)) << compression.suffix;
    // Of the two blocks of zeros that end a tar, one is enough.
    const std::size_t needed = bytes.size() - (compression.suffix.empty() ? 512 : 0);
    for (std::size_t size = 1; size < needed; ++size) {
      EXPECT_FALSE(Read("x", bytes.substr(0, size))) << compression.suffix << " cut to " << size;
    }
  }
}

TEST(Archive, WhatStandsBehindItsEndIsNotPassedOver) {
  auto compressions = Compressions();
  compressions.push_back(kNoCompression);
  for (const Compression& compression : compressions) {
    SCOPED_TRACE(compression.suffix);
    const std::string bytes = Pack({{"pu0", Pu(0)}}, compression.add);
    EXPECT_FALSE(Read("x", bytes + "more"));
    if (compression.suffix == ".zst") continue;
    EXPECT_TRUE(Read("x", bytes + std::string(512, '\0')));  // as tapes are filled up
  }
  // gzip's members are one file.
  const std::string first = Pack({{"x", Pu(3)}}, kGzip.add, true);
  const std::string second = Pack({{"x", "1 2 0 0 0 => 1 2 3 4\n"}}, kGzip.add, true);
  const auto both = Read("x", first + second);
  ASSERT_TRUE(both) << Said(both.error());
  EXPECT_EQ(both->snapshot.Everything().cpuid.size(), 2u);
}

TEST(Archive, OfNothingOrOfZerosIsNamed) {
  const auto refusal = [](const std::string& bytes) {
    const auto reader = ArchiveReader::OfMemory(bytes);
    return reader ? "" : reader.error();
  };
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal(std::string(10'240, '\0')), HasSubstr("zeros"));
  EXPECT_THAT(refusal(Pack({{"x", ""}}, kGzip.add, true)), HasSubstr("empty"));
  const std::string folders =
      Pack({{"a/", "", AE_IFDIR}, {"b/", "", AE_IFDIR}}, kNoCompression.add);
  auto reader = ArchiveReader::OfMemory(folders);
  ASSERT_TRUE(reader);
  auto member = reader->Next();
  while (member && *member) member = reader->Next();
  ASSERT_FALSE(member);
  EXPECT_THAT(member.error(), HasSubstr("no file"));
}

TEST(Archive, ABombIsRefused) {
  const std::string zeros(std::size_t{64} << 20, '0');
  const std::string bomb = Pack({{"x", zeros}}, kGzip.add, true);
  ASSERT_LT(bomb.size(), std::size_t{100} << 10);
  Allowance allowance;
  const auto unpacked = Unpack({"bomb.gz", bomb}, &allowance);
  ASSERT_FALSE(unpacked.has_value());
  EXPECT_EQ(unpacked.error().file, "bomb.gz");
  EXPECT_THAT(unpacked.error().message, HasSubstr("far more"));
}

TEST(Archive, LimitsHoldForAllMembersTogether) {
  std::vector<Packed> members;
  for (int i = 0; i < 10; ++i) members.push_back({'m' + std::to_string(i), std::string(1000, 'x')});
  const std::string bytes = Pack(members, kNoCompression.add);
  const auto unpacks = [&](const UnpackLimits& limits) {
    Allowance allowance;
    return Unpack({"x", bytes}, &allowance, limits).has_value();
  };
  EXPECT_TRUE(unpacks({.allowance = 10'000, .ratio = 0, .total = 10'000, .members = 10}));
  EXPECT_FALSE(unpacks({.allowance = 9'999, .ratio = 0, .total = 10'000, .members = 10}));
  EXPECT_FALSE(unpacks({.allowance = 10'000, .ratio = 0, .total = 9'999, .members = 10}));
  EXPECT_FALSE(unpacks({.allowance = 10'000, .ratio = 0, .total = 10'000, .members = 9}));
  EXPECT_TRUE(unpacks({.allowance = 0, .ratio = 1, .total = 10'000, .members = 10}));
}

TEST(Archive, AnEmptyOneHasNothingToRead) {
  const auto empty_tar = Read("x.tar.gz", Pack({}, kGzip.add));
  ASSERT_FALSE(empty_tar.has_value());
  const auto empty_file = Read("x.gz", Pack({{"x", ""}}, kGzip.add, true));
  ASSERT_FALSE(empty_file.has_value());
}

TEST(Archive, IsToldByItsFirstBytes) {
  using namespace std::string_view_literals;
  for (const std::string_view other :
       {""sv, "B"sv, "vtprobe-dump 1\n"sv, "# mask"sv, "\0\0\0\0"sv, "{}"sv}) {
    EXPECT_FALSE(IsArchive(other));
  }
  EXPECT_FALSE(IsArchive(std::string(512, '\0')));
  EXPECT_FALSE(IsArchive(std::string(1024, ' ')));
}

TEST(Archive, AMissingLibraryIsNamed) {
  const auto library = LoadLibArchive("libarchive-not-there.so.0");
  ASSERT_FALSE(library.has_value());
  EXPECT_THAT(library.error(), HasSubstr("install"));
  EXPECT_THAT(library.error(), HasSubstr("libarchive-not-there.so.0"));
}

TEST(Archive, AnotherLibraryIsNotTakenForIt) {
  const auto library = LoadLibArchive("libc.so.6");
  ASSERT_FALSE(library.has_value());
  EXPECT_THAT(library.error(), HasSubstr("another version"));
}

}  // namespace
}  // namespace vtprobe::import
