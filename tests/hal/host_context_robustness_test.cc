// What stands in a file's place on hosts that are broken, contained or hostile:
// it counts as absent, and costs neither time nor memory.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

// Every file that a host's context is read from.
constexpr std::string_view kFiles[] = {
    "proc/sys/kernel/osrelease",
    "proc/config.gz",
    "proc/cpuinfo",
    "proc/stat",
    "boot/config-6.1.0",
    "lib/modules/6.1.0/config",
    "usr/lib/modules/6.1.0/config",
    "dev/kmsg",
    "var/log/dmesg",
    "sys/hypervisor/type",
    "sys/devices/system/cpu/online",
    "sys/devices/system/cpu/present",
    "sys/devices/system/cpu/cpu0/microcode/version",
    "sys/class/dmi/id/bios_vendor",
    "sys/class/dmi/id/bios_version",
    "sys/class/dmi/id/bios_date",
    "sys/class/dmi/id/board_vendor",
    "sys/class/dmi/id/board_name",
    "sys/devices/system/cpu/smt/control",
    "sys/kernel/security/lockdown",
    "sys/kernel/irq/0/chip_name",
    "sys/firmware/acpi/tables/APIC",
    "sys/firmware/acpi/tables/WSMT",
    "sys/bus/pci/drivers/ccp/0000:22:00.1/fused_part",
    "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
    "sys/firmware/efi/efivars/SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c",
};

class OddFilesTest : public testing::TestWithParam<bool> {
 protected:
  // True for the two facts that lead to further files: without them most files
  // are not looked at.
  static bool Leads(std::string_view file) {
    return GetParam() &&
           (file == "proc/sys/kernel/osrelease" || file == "sys/devices/system/cpu/online");
  }
  template <typename Put>
  void Fill(Put put) const {
    for (const std::string_view file : kFiles) {
      if (!Leads(file)) put(tree.Place(file));
    }
    if (!GetParam()) return;
    tree.Write("proc/sys/kernel/osrelease", "6.1.0\n");
    tree.Write("sys/devices/system/cpu/online", "0\n");
  }
  void ExpectNothing() const {
    const HostContext context = tree.Read();
    for (const auto& [key, value] : context.metadata.entries()) {
      if (GetParam() && key == meta::kKernel) continue;
      ADD_FAILURE() << key << " = " << value;
    }
    EXPECT_EQ(context.online, GetParam() ? CpuSet(LogicalCpu{0}) : CpuSet());
    EXPECT_TRUE(context.offline.empty());
  }
  const HostTree tree;
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutLead, OddFilesTest, testing::Bool());

TEST_P(OddFilesTest, Directories) {
  Fill([](const std::filesystem::path& path) { std::filesystem::create_directory(path); });
  ExpectNothing();
}

TEST_P(OddFilesTest, FifosThatNobodyWritesTo) {
  Fill([](const std::filesystem::path& path) { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); });
  ExpectNothing();
}

TEST_P(OddFilesTest, DevicesWithoutEnd) {
  Fill([](const std::filesystem::path& path) {
    std::filesystem::create_symlink("/dev/zero", path);
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, LinksIntoNothingAndIntoThemselves) {
  Fill([](const std::filesystem::path& path) {
    std::filesystem::create_symlink(path.filename(), path);
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, FilesWhoseReadFails) {
  // Address 0 is mapped nowhere, so reading it gives EIO.
  Fill([](const std::filesystem::path& path) {
    std::filesystem::create_symlink("/proc/self/mem", path);
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, FilesThatAreNotOursToRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  Fill([this](const std::filesystem::path& path) {
    tree.Write(path.lexically_relative(tree.root()).string(), "0\n");
    std::filesystem::permissions(path, std::filesystem::perms::none);
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, EmptyFiles) {
  Fill([this](const std::filesystem::path& path) {
    tree.Write(path.lexically_relative(tree.root()).string(), "");
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, HugeFiles) {
  Fill([this](const std::filesystem::path& path) {
    tree.Write(path.lexically_relative(tree.root()).string(), "0\n");
    std::filesystem::resize_file(path, std::uintmax_t{1} << 30);
  });
  ExpectNothing();
}

TEST_P(OddFilesTest, BinaryGarbage) {
  using namespace std::string_literals;
  const std::string garbage[] = {
      "\0"s,                // a NUL
      "6.1\0.0\n"s,         // a NUL in the middle
      "a\033[31mb\n"s,      // an escape sequence
      "two\nlines\n"s,      // more than an attribute has
      "\xff\xfe\n"s,        // bytes that UTF-8 never uses
      "\xc0\xaf\n"s,        // an overlong form
      "\xed\xa0\x80\n"s,    // a surrogate
      "\xf4\x90\x80\x80"s,  // beyond Unicode
      "caf\xe9\n"s,         // Latin-1
      "\xe2\x82"s,          // a character cut short
      "\xc2\x85\n"s,        // a control character of two bytes
      "\x7f\n"s,            // DEL
  };
  for (const std::string& bytes : garbage) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    Fill([&](const std::filesystem::path& path) {
      tree.Write(path.lexically_relative(tree.root()).string(), bytes);
    });
    ExpectNothing();
  }
}

// A terminal whose other end is the test: a character device with something to
// say, which has no more to read once that is said.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) return;
    if (const char* const name = ::ptsname(master_)) name_ = name;
    // Held open, for what was typed is lost when the last reader closes.
    slave_ = ::open(name_.c_str(), O_RDWR | O_NOCTTY);
  }
  ~Terminal() {
    if (slave_ >= 0) ::close(slave_);
    if (master_ >= 0) ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool usable() const { return slave_ >= 0; }
  const std::string& name() const { return name_; }
  void Type(std::string_view text) const {
    ASSERT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int master_;
  int slave_ = -1;
  std::string name_;
};

TEST(HostFileTest, ADeviceIsNoAttribute) {
  const Terminal terminal;
  if (!terminal.usable()) GTEST_SKIP() << "this machine gives out no pseudo-terminal";
  const HostTree tree;
  std::filesystem::create_symlink(terminal.name(), tree.Place("sys/hypervisor/type"));
  terminal.Type("xen\n\x04");  // ^D ends the file
  EXPECT_EQ(tree.Meta(meta::kHypervisor), std::nullopt);
}

TEST(HostFileTest, TheKernelLogIsADeviceReadUntilNothingIsLeft) {
  const Terminal terminal;
  if (!terminal.usable()) GTEST_SKIP() << "this machine gives out no pseudo-terminal";
  const HostTree tree;
  std::filesystem::create_symlink(terminal.name(), tree.Place("dev/kmsg"));
  terminal.Type("5,0,0,-;Linux version 6.1.0\n6,1,0,-;Command line: ro\n");
  EXPECT_EQ(tree.Meta(meta::kMeasuredLaunch), "no");
  terminal.Type("5,0,0,-;Linux version 6.1.0\n6,1,0,-;tboot: found shared page at phys\n");
  EXPECT_EQ(tree.Meta(meta::kMeasuredLaunch), "yes");
}

TEST(AttributeTest, TextInAnyScriptIsText) {
  const HostTree tree;
  // U+00AE, U+8054 U+60F3, U+1F5A5: characters of two, three and four bytes.
  const std::string name = "Ver\xc2\xae \xe8\x81\x94\xe6\x83\xb3 \xf0\x9f\x96\xa5";
  tree.Write("sys/class/dmi/id/bios_vendor", name);
  EXPECT_EQ(tree.Meta(meta::kFirmwareVendor), name);
}

TEST(AttributeTest, OneMebibyteIsTheLimit) {
  const HostTree tree;
  const std::string longest(std::size_t{1} << 20, 'x');
  tree.Write("sys/class/dmi/id/bios_vendor", longest);
  EXPECT_EQ(tree.Meta(meta::kFirmwareVendor), longest);
  tree.Write("sys/class/dmi/id/bios_vendor", longest + "x");
  EXPECT_EQ(tree.Meta(meta::kFirmwareVendor), std::nullopt);
}

}  // namespace
}  // namespace vtprobe
