// Bits high..low of a register: extraction against a bit-by-bit one.

#include "vtprobe/registers/field.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace vtprobe {
namespace {

constexpr std::uint64_t kAllBits = std::numeric_limits<std::uint64_t>::max();

Field AnyField() {
  const auto a = *rc::gen::inRange<std::uint8_t>(0, 64);
  const auto b = *rc::gen::inRange<std::uint8_t>(0, 64);
  return Bits("ANY", std::max(a, b), std::min(a, b));
}

// The field's bits one at a time, lowest first.
std::vector<bool> BitsOf(const Field& field, std::uint64_t value) {
  std::vector<bool> bits;
  for (unsigned bit = field.low; bit <= field.high; ++bit) bits.push_back((value >> bit & 1) != 0);
  return bits;
}

RC_GTEST_PROP(FieldProperty, ExtractTakesEachBitOfTheField, (std::uint64_t value)) {
  const Field field = AnyField();
  const std::vector<bool> bits = BitsOf(field, value);
  const std::uint64_t extracted = field.Extract(value);
  RC_ASSERT(bits.size() == field.width());
  for (unsigned i = 0; i < 64; ++i) {
    RC_ASSERT((extracted >> i & 1) == (i < bits.size() && bits[i] ? 1u : 0u));
  }
}

RC_GTEST_PROP(FieldProperty, NothingOutsideTheFieldCounts,
              (std::uint64_t value, std::uint64_t other)) {
  const Field field = AnyField();
  const std::uint64_t mixed = (value & field.mask()) | (other & ~field.mask());
  RC_ASSERT(field.Extract(mixed) == field.Extract(value));
  RC_ASSERT(field.IsSet(mixed) == field.IsSet(value));
}

RC_GTEST_PROP(FieldProperty, WhatIsPutInComesOut, (std::uint64_t value)) {
  const Field field = AnyField();
  const std::uint64_t fits = value & (kAllBits >> (64 - field.width()));
  RC_ASSERT(field.Extract(fits << field.low) == fits);
  RC_ASSERT(field.IsSet(fits << field.low) == (fits != 0));
}

TEST(Field, TheWholeRegisterIsAField) {
  const Field whole = Bits("WHOLE", 63, 0);
  EXPECT_EQ(whole.width(), 64u);
  EXPECT_EQ(whole.mask(), kAllBits);
  EXPECT_EQ(whole.Extract(kAllBits), kAllBits);
}

TEST(Field, BothEndsOfTheRegister) {
  EXPECT_EQ(Bit("LOW", 0).mask(), 1u);
  EXPECT_EQ(Bit("HIGH", 63).mask(), std::uint64_t{1} << 63);
  EXPECT_EQ(Bit("HIGH", 63).Extract(kAllBits), 1u);
  EXPECT_FALSE(Bit("HIGH", 63).IsSet(kAllBits >> 1));
}

TEST(FieldList, FindsByNameAndAddsUpMasks) {
  constexpr FieldList kFields = VTPROBE_FIELDS(Bit("LOCK", 0), Bits("SENTER_LOCAL", 14, 8));
  ASSERT_NE(kFields.Find("SENTER_LOCAL"), nullptr);
  EXPECT_EQ(kFields.Find("SENTER_LOCAL")->low, 8);
  EXPECT_EQ(kFields.Find("SENTER"), nullptr);
  EXPECT_EQ(kFields.Find(""), nullptr);
  EXPECT_EQ(kFields.size(), 2u);
  EXPECT_EQ(kFields.mask(), 0x7f01u);
  EXPECT_TRUE(FieldList().empty());
  EXPECT_EQ(FieldList().mask(), 0u);
}

}  // namespace
}  // namespace vtprobe
