// The table of microcode levels is TOML as others read it, and each row has a
// bulletin with a source: the build reads it as lines, and so may miss what a TOML
// parser sees.

#include "vtprobe/probes/microcode_levels.h"

#include <gtest/gtest.h>
#include <toml++/toml.h>

#include <cstdint>
#include <regex>
#include <string>

namespace vtprobe {
namespace {

std::uint32_t Number(const toml::table& row, std::string_view key) {
  return static_cast<std::uint32_t>(row[key].value<std::int64_t>().value());
}

TEST(MicrocodeLevels, AreThoseOfTheTable) {
  const toml::table table = toml::parse_file(VTPROBE_MICROCODE_LEVELS);
  const toml::date date = table["date"].value<toml::date>().value();
  EXPECT_EQ(MicrocodeLevelsDate(), (std::ostringstream() << date).str());
  const toml::array& rows = *table["levels"].as_array();
  ASSERT_EQ(rows.size(), MicrocodeLevels().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const toml::table& row = *rows[i].as_table();
    const MicrocodeLevel& level = MicrocodeLevels()[i];
    EXPECT_EQ(row.size(), 4u) << "row " << i;
    EXPECT_EQ(level.signature, Number(row, "signature")) << "row " << i;
    EXPECT_EQ(level.platforms, Number(row, "platforms")) << "row " << i;
    EXPECT_EQ(level.level, Number(row, "level")) << "row " << i;
    const auto bulletin = table["bulletins"][*row["bulletin"].value<std::string>()];
    EXPECT_EQ(level.advisories, *bulletin["advisories"].value<std::string>()) << "row " << i;
    EXPECT_EQ(level.source, *bulletin["source"].value<std::string>()) << "row " << i;
  }
}

// A slip of a digit: AMD's revisions hold the signature that they are for
// ([linux] arch/x86/kernel/cpu/microcode/amd.c, union zen_patch_rev).
TEST(MicrocodeLevels, OfAmdNameTheirOwnSignature) {
  for (const MicrocodeLevel& row : MicrocodeLevels()) {
    if (!row.advisories.starts_with("AMD-")) continue;
    const std::uint32_t id = row.level;
    const std::uint32_t signature =
        (id >> 24) << 20 | (id >> 20 & 0xf) << 16 | 0xf00 | (id >> 12 & 0xf) << 4 | (id >> 8 & 0xf);
    EXPECT_EQ(row.signature, signature) << std::hex << id;
    EXPECT_EQ(row.platforms, 0u) << std::hex << id;
  }
}

TEST(MicrocodeLevels, NameAdvisoriesAndACitation) {
  const std::regex advisories("(INTEL-SA|AMD-SB)-[0-9]{4,5}(, (INTEL-SA|AMD-SB)-[0-9]{4,5})*");
  for (const MicrocodeLevel& row : MicrocodeLevels()) {
    EXPECT_TRUE(std::regex_match(std::string(row.advisories), advisories)) << row.advisories;
    EXPECT_TRUE(row.source.starts_with("[intel/mcu] ") || row.source.starts_with("[linux] "))
        << row.source;
    EXPECT_EQ(row.platforms & ~0xffu, 0u);
  }
}

}  // namespace
}  // namespace vtprobe
