#include "linux/kvm_feature_msrs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

using testing::IsEmpty;

constexpr int kFd = 7;

// KVM with these feature MSRs. One without a value is listed and can't be read.
class FakeKvm final : public KvmCalls {
 public:
  std::map<std::uint32_t, std::optional<std::uint64_t>> msrs;
  int open_errno = 0;
  int list_errno = 0;
  int asked_for = 0;
  int open = 0;

  int Open(const std::filesystem::path& path) override {
    ++asked_for;
    EXPECT_EQ(path.filename(), "kvm");
    if (open_errno != 0) return -open_errno;
    ++open;
    return kFd;
  }
  int ListFeatureMsrs(int fd, std::vector<std::uint32_t>* addresses) override {
    EXPECT_EQ(fd, kFd);
    if (list_errno != 0) return -list_errno;
    for (const auto& [address, value] : msrs) addresses->push_back(address);
    return 0;
  }
  int ReadFeatureMsr(int fd, std::uint32_t address, std::uint64_t* value) override {
    EXPECT_EQ(fd, kFd);
    if (!msrs.at(address)) return -ENOENT;
    *value = *msrs.at(address);
    return 0;
  }
  void Close(int fd) override {
    EXPECT_EQ(fd, kFd);
    --open;
  }
};

class KvmFeatureMsrsTest : public testing::Test {
 protected:
  KvmFeatureMsrsTest() { std::filesystem::create_directories(tree_.Place("sys/class/misc/kvm")); }

  Metadata Read() {
    Metadata metadata;
    ReadKvmFeatureMsrs(tree_.root(), kvm_, &metadata);
    EXPECT_EQ(kvm_.open, 0);
    return metadata;
  }

  HostTree tree_;
  FakeKvm kvm_;
};

TEST_F(KvmFeatureMsrsTest, OfVmxShowThatKvmRunsWithVmx) {
  for (const std::uint32_t address : {0x480u, 0x48bu, 0x491u}) {
    kvm_.msrs = {{0x8b, 0x1'0000'0000}, {address, 0xff}};
    EXPECT_EQ(Read().Get(meta::kKvmExtension), "vmx") << address;
  }
}

TEST_F(KvmFeatureMsrsTest, OfSvmShowThatKvmRunsWithSvm) {
  kvm_.msrs = {{0x8b, 0x0a20'1016}, {0xc001'1029, 0x2}};
  EXPECT_EQ(Read().Get(meta::kKvmExtension), "svm");
}

// KVM can run without either: with nested=0, or on hosts of a third kind.
TEST_F(KvmFeatureMsrsTest, OfNeitherShowNothing) {
  kvm_.msrs = {{0x8b, 0}, {0xce, 0x8000'0000}, {0x10a, 0xc0}, {0x345, 0}, {0x47f, 1}, {0x492, 1}};
  const Metadata metadata = Read();
  EXPECT_EQ(metadata.Get(meta::kKvmExtension), std::nullopt);
  EXPECT_EQ(metadata.Get(meta::kKvmFeatureMsrs),
            "0x8b:0x0, 0xce:0x80000000, 0x10a:0xc0, 0x345:0x0, 0x47f:0x1, 0x492:0x1");
}

TEST_F(KvmFeatureMsrsTest, ThatAreListedAndNotGivenDoNotCount) {
  kvm_.msrs = {{0x480, std::nullopt}, {0x10a, ~std::uint64_t{0}}};
  const Metadata metadata = Read();
  EXPECT_EQ(metadata.Get(meta::kKvmExtension), std::nullopt);
  EXPECT_EQ(metadata.Get(meta::kKvmFeatureMsrs), "0x10a:0xffffffffffffffff");
}

TEST_F(KvmFeatureMsrsTest, ThatCanNotBeHadAreAbsent) {
  kvm_.msrs = {{0x480, 1}};
  kvm_.list_errno = EINVAL;  // older than 4.17
  EXPECT_THAT(Read().entries(), IsEmpty());
  kvm_.open_errno = EACCES;
  EXPECT_THAT(Read().entries(), IsEmpty());
}

// Opening the node that udev puts there for later would load a module.
TEST_F(KvmFeatureMsrsTest, AreNotAskedForWhereKvmIsNotLoaded) {
  kvm_.msrs = {{0x480, 1}};
  tree_.Remove("sys/class/misc/kvm");
  EXPECT_THAT(Read().entries(), IsEmpty());
  EXPECT_EQ(kvm_.asked_for, 0);
}

// The real calls, of what is no device.
TEST_F(KvmFeatureMsrsTest, ThatAFileStandsInForAreAbsent) {
  tree_.Write("dev/kvm", "no device");
  PosixKvmCalls calls;
  Metadata metadata;
  ReadKvmFeatureMsrs(tree_.root(), calls, &metadata);
  EXPECT_THAT(metadata.entries(), IsEmpty());
}

}  // namespace
}  // namespace vtprobe
