// Bits of MSRs as Linux has them (msr-index.h, vmxfeatures.h): a second source, as for
// addresses and CPUID. Where a name is ours, it is of the same bits; where bits are
// ours, they have the same name, or linux_differences.def says why not.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registers/linux_headers.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

using ByName = std::map<std::string, std::uint64_t>;

// What Linux's names of one register's bits begin with.
struct OfRegister {
  std::string_view prefix;
  std::string_view ours;
};
constexpr std::array kPrefixes = {
    OfRegister{"ARCH_CAP_", "IA32_ARCH_CAPABILITIES"},
    OfRegister{"FEAT_CTL_", "IA32_FEATURE_CONTROL"},
    OfRegister{"MSR_IA32_MISC_ENABLE_", "IA32_MISC_ENABLE"},
    OfRegister{"MSR_IA32_CORE_CAPS_", "IA32_CORE_CAPABILITIES"},
    OfRegister{"TSX_CTRL_", "IA32_TSX_CTRL"}, OfRegister{"MSR_AMD64_SEV_", "SEV_STATUS"},
    OfRegister{"MSR_AMD64_SNP_", "SEV_STATUS"}, OfRegister{"MSR_K7_HWCR_", "HWCR"},
    OfRegister{"MSR_AMD64_SYSCFG_", "SYSCFG"}, OfRegister{"K8_MTRRFIXRANGE_", "SYSCFG"},
    OfRegister{"EFER_", "IA32_EFER"}, OfRegister{"MSR_IA32_APICBASE_", "IA32_APIC_BASE"},
    OfRegister{"MSR_PLATFORM_INFO_", "MSR_PLATFORM_INFO"},
    OfRegister{"VMX_BASIC_", "IA32_VMX_BASIC"}, OfRegister{"MSR_IA32_VMX_MISC_", "IA32_VMX_MISC"},
    OfRegister{"PERF_CAP_", "IA32_PERF_CAPABILITIES"},
    OfRegister{"LEGACY_XAPIC_", "IA32_XAPIC_DISABLE_STATUS"},
    // Those of IA32_MCU_OPT_CTRL begin with nothing in common.
    OfRegister{"GDS_MITG_", "IA32_MCU_OPT_CTRL"}, OfRegister{"RNGDS_", "IA32_MCU_OPT_CTRL"},
    OfRegister{"RTM_", "IA32_MCU_OPT_CTRL"}, OfRegister{"FB_CLEAR_", "IA32_MCU_OPT_CTRL"}};

// The capability registers of VMX's controls, by word of vmxfeatures.h. Bits 63:32 of
// the first three say which controls may be 1. [intel/sdm-vol3] A.3
struct OfWord {
  std::string_view ours;
  unsigned low;
};
constexpr std::array kWords = {
    OfWord{"IA32_VMX_PINBASED_CTLS", 32}, OfWord{"IA32_VMX_PROCBASED_CTLS", 32},
    OfWord{"IA32_VMX_PROCBASED_CTLS2", 32}, OfWord{"IA32_VMX_PROCBASED_CTLS3", 0}};
// In the first word Linux keeps features of its own behind the controls.
constexpr unsigned kControlsOfFirstWord = 16;

const std::map<std::pair<std::string, std::string>, std::string> kArgued = {
#define VTPROBE_LINUX_MSR(ours, theirs, why)
#define VTPROBE_LINUX_CPUID(ours, field, theirs, why)
#define VTPROBE_LINUX_FIELD(ours, field, theirs, why) {{ours, field}, theirs},
#include "linux_differences.def"
#undef VTPROBE_LINUX_FIELD
#undef VTPROBE_LINUX_CPUID
#undef VTPROBE_LINUX_MSR
};

const MsrDef* FindMsrNamed(std::string_view name) {
  for (const MsrDef* const msr : registers::AllMsrs()) {
    if (msr->name == name) return msr;
  }
  return nullptr;
}

// A name without what is before it, if it begins with that.
std::optional<std::string> Rest(const std::string& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return name.substr(prefix.size());
}

class LinuxFields : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = LinuxHeadersFolder();
    if (!folder) GTEST_SKIP() << "no Linux headers: apt-get install linux-headers-amd64";
    folder_ = *folder;
  }

  // Names that are defined as bits: BIT(3), (1UL << 3), GENMASK_ULL(22, 18), 0xf00,
  // where the number may be a name that is defined above.
  ByName Masks() const {
    static const std::regex kRow(R"(#define\s+(\w+)\s+(.*?)\s*(/\*.*)?)");
    static const std::regex kBit(R"(BIT(?:_ULL)?\((\w+)\)|\(1U?L?L?\s*<<\s*(\w+)\))");
    static const std::regex kBits(R"(GENMASK_ULL\((\d+), (\d+)\))");
    static const std::regex kNumber(R"((0x[0-9a-fA-F]+|\d+)[ULul]*)");
    ByName numbers;
    ByName masks;
    for (const std::string& line : LinesOf(folder_ / "msr-index.h")) {
      std::smatch row;
      if (!std::regex_match(line, row, kRow)) continue;
      const std::string name = row[1];
      const std::string value = row[2];
      std::smatch parts;
      if (std::regex_match(value, parts, kNumber)) {
        numbers[name] = std::stoull(parts[1], nullptr, 0);
        if (value.starts_with("0x")) masks[name] = numbers[name];
      } else if (std::regex_match(value, parts, kBits)) {
        masks[name] = Bits("", static_cast<std::uint8_t>(std::stoul(parts[1])),
                           static_cast<std::uint8_t>(std::stoul(parts[2])))
                          .mask();
      } else if (std::regex_match(value, parts, kBit)) {
        const std::string bit = parts[1].matched ? parts[1] : parts[2];
        std::smatch digits;
        if (std::regex_match(bit, digits, kNumber)) {
          masks[name] = std::uint64_t{1} << std::stoull(digits[1], nullptr, 0);
        } else if (const auto named = numbers.find(bit); named != numbers.end()) {
          masks[name] = std::uint64_t{1} << named->second;
        }
      }
    }
    return masks;
  }

  std::filesystem::path folder_;
};

// Holds one of Linux's names against our register; whether the bits are ours.
bool Compare(const MsrDef& msr, const std::string& theirs, const std::string& rest,
             std::uint64_t mask) {
  bool is_ours = false;
  for (const Field& field : msr.fields) {
    const bool has_name = BareName(field.name) == BareName(rest);
    if (field.mask() == mask) {
      is_ours = true;
      const auto argued = Argued(kArgued, {std::string(msr.name), std::string(field.name)});
      EXPECT_TRUE(has_name || BareName(field.name) == BareName(theirs) || argued == theirs)
          << msr.name << ' ' << field.name << " is " << theirs;
    } else {
      EXPECT_FALSE(has_name) << msr.name << ' ' << field.name << " is elsewhere in Linux";
    }
  }
  return is_ours;
}

TEST_F(LinuxFields, HaveOurNamesAtOurPlaces) {
  const ByName masks = Masks();
  std::size_t compared = 0;
  for (const auto& [prefix, ours] : kPrefixes) {
    const MsrDef* const msr = FindMsrNamed(ours);
    ASSERT_NE(msr, nullptr) << ours;
    for (const auto& [name, mask] : masks) {
      const auto rest = Rest(name, prefix);
      if (rest && Compare(*msr, name, *rest, mask)) ++compared;
    }
  }
  EXPECT_GT(compared, 80u) << "the header was not understood";
}

TEST_F(LinuxFields, HaveOurControlsOfVmxAtOurPlaces) {
  static const std::regex kRow(
      R"(#define VMX_FEATURE_(\w+)\s+\(\s*(\d+)\s*\*\s*32\s*\+\s*(\d+)\).*)");
  std::size_t compared = 0;
  for (const std::string& line : LinesOf(folder_ / "vmxfeatures.h")) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    const std::size_t word = std::stoul(row[2]);
    const unsigned bit = static_cast<unsigned>(std::stoul(row[3]));
    if (word >= kWords.size() || (word == 0 && bit >= kControlsOfFirstWord)) continue;
    const MsrDef* const msr = FindMsrNamed(kWords[word].ours);
    ASSERT_NE(msr, nullptr) << kWords[word].ours;
    const std::uint64_t mask = std::uint64_t{1} << (bit + kWords[word].low);
    if (Compare(*msr, "VMX_FEATURE_" + row[1].str(), row[1], mask)) ++compared;
  }
  EXPECT_GT(compared, 50u) << "the header was not understood";
}

// Of any kernel: an argument about what is not there any more argues nothing.
TEST(LinuxFieldDifferences, AreOfFieldsOfOurs) {
  for (const auto& [place, theirs] : kArgued) {
    const MsrDef* const msr = FindMsrNamed(place.first);
    ASSERT_NE(msr, nullptr) << place.first;
    EXPECT_NE(msr->fields.Find(place.second), nullptr) << place.first << ' ' << place.second;
  }
}

}  // namespace
}  // namespace vtprobe
