#include "vtprobe/hal/natural_order.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace vtprobe {
namespace {

TEST(NaturalOrder, CountsNumbers) {
  const std::vector<std::string_view> ordered = {
      "", "a", "pu", "pu0", "pu00", "pu1", "pu2", "pu10", "pu10a", "pu18446744073709551616", "pub"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(IsNaturallyBefore(ordered[i], ordered[j]), i < j)
          << ordered[i] << " against " << ordered[j];
    }
  }
}

}  // namespace
}  // namespace vtprobe
