// What a host's kernel configuration says of KVM_INTEL, and above all when it
// says nothing: "n" clears the kernel of having written a register.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <optional>
#include <string>
#include <string_view>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr std::string_view kBootConfig = "boot/config-5.10.0";
constexpr std::string_view kProcConfig = "proc/config.gz";

// Kconfig's own layout, with as much of it as the reader looks at.
std::string Configuration(std::string_view virtualization) {
  return "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 5.10.0 Kernel "
         "Configuration\n#\nCONFIG_CC_VERSION_TEXT=\"gcc (Debian 10.2.1-6) 10.2.1 20210110\"\n"
         "CONFIG_X86=y\nCONFIG_NR_CPUS=8192\n" +
         std::string(virtualization) +
         "\n#\n# Library routines\n#\nCONFIG_BITREVERSE=y\n# end of Library routines\n";
}

std::string Gzip(const std::string& content) {
  std::string packed(content.size() + 4096, '\0');
  z_stream stream{};
  EXPECT_EQ(
      deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string input = content;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

class KernelConfigTest : public testing::Test {
 protected:
  KernelConfigTest() { tree.Write("proc/sys/kernel/osrelease", "5.10.0\n"); }
  std::optional<std::string> KvmIntel() const { return tree.Meta(meta::kKvmIntel); }
  const HostTree tree;
};

TEST_F(KernelConfigTest, IsWhatTheOptionSays) {
  tree.Write(kBootConfig, Configuration("CONFIG_KVM=m\nCONFIG_KVM_INTEL=m\nCONFIG_KVM_AMD=y\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("m")));
  tree.Write(kBootConfig, Configuration("CONFIG_KVM=y\nCONFIG_KVM_INTEL=y\nCONFIG_KVM_AMD=m\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("y")));
  tree.Write(kBootConfig, Configuration("CONFIG_KVM=y\n# CONFIG_KVM_INTEL is not set\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, SilenceOfACompleteConfigurationIsNo) {
  tree.Write(kBootConfig, Configuration("# CONFIG_VIRTUALIZATION is not set\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, OtherOptionsOfASimilarNameDoNotCount) {
  tree.Write(kBootConfig, Configuration("CONFIG_KVM_INTEL_PROVE_VE=y\nCONFIG_XKVM_INTEL=y\n"
                                        "# CONFIG_KVM_INTEL=y\n"
                                        "# CONFIG_KVM_INTEL is not set up\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, SilenceOfAnIncompleteConfigurationIsSilence) {
  const std::string complete = Configuration("# CONFIG_VIRTUALIZATION is not set\n");
  const std::size_t heading = complete.find("# Library routines");
  tree.Write(kBootConfig, complete.substr(0, heading));
  EXPECT_EQ(KvmIntel(), std::nullopt);
  // The heading itself may be what was cut off.
  tree.Write(kBootConfig, complete.substr(0, heading + 18));
  EXPECT_EQ(KvmIntel(), std::nullopt);
  tree.Write(kBootConfig, complete.substr(0, heading + 19));
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, WhatAnIncompleteConfigurationSaysCounts) {
  tree.Write(kBootConfig, "CONFIG_KVM_INTEL=m");
  EXPECT_THAT(KvmIntel(), Optional(Eq("m")));
  tree.Write(kBootConfig, "CONFIG_KVM=m\n# CONFIG_KVM_INTEL is not set\n");
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, AValueThatNoTristateHasIsAbsent) {
  tree.Write(kBootConfig, Configuration("CONFIG_KVM_INTEL=yes\n"));
  EXPECT_EQ(KvmIntel(), std::nullopt);
  tree.Write(kBootConfig, Configuration("CONFIG_KVM_INTEL=\n"));
  EXPECT_EQ(KvmIntel(), std::nullopt);
}

TEST_F(KernelConfigTest, WhatIsNoConfigurationIsAbsent) {
  using namespace std::string_literals;
  const std::string valid = Configuration("CONFIG_KVM_INTEL=y\n");
  for (const std::string& text :
       {""s, "\n"s, "# Library routines\n"s, "\x7f"s + "ELF\2\1\1\0\0"s, valid + "\0\0\0\n"s,
        valid + "CONFIG_\n"s, valid + "CONFIG_=y\n"s, valid + "CONFIG_KV"s, valid + "<html>\n"s,
        valid + "CONFIG KVM=y\n"s, valid + "CONFIG_A=\"\xff\"\n"s, "\xef\xbb\xbf"s + valid}) {
    tree.Write(kBootConfig, text);
    EXPECT_EQ(KvmIntel(), std::nullopt) << text;
  }
}

TEST_F(KernelConfigTest, AnotherReleasesConfigurationDoesNotCount) {
  tree.Write("boot/config-5.10.1", Configuration("CONFIG_KVM_INTEL=y\n"));
  EXPECT_EQ(KvmIntel(), std::nullopt);
}

TEST_F(KernelConfigTest, IsFoundWhereverDistributionsKeepIt) {
  for (const std::string_view place : {kBootConfig, std::string_view("lib/modules/5.10.0/config"),
                                       std::string_view("usr/lib/modules/5.10.0/config")}) {
    tree.Write(place, Configuration("CONFIG_KVM_INTEL=m\n"));
    EXPECT_THAT(KvmIntel(), Optional(Eq("m"))) << place;
    tree.Remove(place);
    EXPECT_EQ(KvmIntel(), std::nullopt) << place;
  }
}

TEST_F(KernelConfigTest, AFileThatSaysNothingGivesWayToTheNext) {
  tree.Write(kBootConfig, "CONFIG_X86=y\n");
  tree.Write("lib/modules/5.10.0/config", "");
  tree.Write("usr/lib/modules/5.10.0/config", Configuration("CONFIG_KVM_INTEL=m\n"));
  EXPECT_THAT(KvmIntel(), Optional(Eq("m")));
}

TEST_F(KernelConfigTest, TheKernelsOwnCopyIsBelievedFirst) {
  tree.Write(kBootConfig, Configuration("CONFIG_KVM_INTEL=y\n"));
  tree.Write(kProcConfig, Gzip(Configuration("# CONFIG_KVM_INTEL is not set\n")));
  EXPECT_THAT(KvmIntel(), Optional(Eq("n")));
}

TEST_F(KernelConfigTest, TheKernelsOwnCopyNeedsNoRelease) {
  tree.Remove("proc/sys/kernel/osrelease");
  tree.Write(kBootConfig, Configuration("CONFIG_KVM_INTEL=m\n"));
  EXPECT_EQ(KvmIntel(), std::nullopt);
  tree.Write(kProcConfig, Gzip(Configuration("CONFIG_KVM_INTEL=y\n")));
  EXPECT_THAT(KvmIntel(), Optional(Eq("y")));
}

TEST_F(KernelConfigTest, ADamagedPackedCopyIsAbsent) {
  const std::string packed = Gzip(Configuration("CONFIG_KVM_INTEL=y\n"));
  for (std::size_t length = 0; length < packed.size(); ++length) {
    tree.Write(kProcConfig, packed.substr(0, length));
    ASSERT_EQ(KvmIntel(), std::nullopt) << "cut to " << length << " of " << packed.size();
  }
  std::string wrong_checksum = packed;
  wrong_checksum[packed.size() - 8] = static_cast<char>(~wrong_checksum[packed.size() - 8]);
  tree.Write(kProcConfig, wrong_checksum);
  EXPECT_EQ(KvmIntel(), std::nullopt);
  tree.Write(kProcConfig, Configuration("CONFIG_KVM_INTEL=y\n"));
  EXPECT_EQ(KvmIntel(), std::nullopt) << "not packed at all";
}

constexpr std::size_t kLimit = std::size_t{16} << 20;

TEST_F(KernelConfigTest, APackedCopyMayUnpackToTheLimitAndNotBeyond) {
  std::string text = Configuration("CONFIG_KVM_INTEL=y\n") + "#";
  text.append(kLimit - 1 - text.size(), '#') += '\n';
  tree.Write(kProcConfig, Gzip(text));
  EXPECT_THAT(KvmIntel(), Optional(Eq("y")));
  text += '\n';
  tree.Write(kProcConfig, Gzip(text));
  EXPECT_EQ(KvmIntel(), std::nullopt);
}

TEST_F(KernelConfigTest, AFileBeyondTheLimitIsAbsent) {
  std::string text = Configuration("CONFIG_KVM_INTEL=y\n") + "#";
  text.append(kLimit - 1 - text.size(), '#') += '\n';
  tree.Write(kBootConfig, text);
  EXPECT_THAT(KvmIntel(), Optional(Eq("y")));
  text += '\n';
  tree.Write(kBootConfig, text);
  EXPECT_EQ(KvmIntel(), std::nullopt);
}

}  // namespace
}  // namespace vtprobe
