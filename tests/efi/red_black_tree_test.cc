// The tree that std::map hangs in, where no standard library is: this program is linked
// with it, so every map here is one of its.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <map>
#include <numeric>
#include <random>
#include <vector>

namespace vtprobe {
namespace {

// The rules of red-black trees, looked at from the inside. [Cormen] 13.1
class Looked : public std::_Rb_tree<int, int, std::_Identity<int>, std::less<>> {
 public:
  // The number of black nodes on each way down; -1 if a rule is broken.
  static int BlackHeight(std::_Rb_tree_node_base* node) {
    if (node == nullptr) return 1;
    const auto is_red = [](const std::_Rb_tree_node_base* child) {
      return child != nullptr && child->_M_color == std::_S_red;
    };
    if (is_red(node) && (is_red(node->_M_left) || is_red(node->_M_right))) return -1;
    for (const auto* child : {node->_M_left, node->_M_right}) {
      if (child != nullptr && child->_M_parent != node) return -1;
    }
    const int left = BlackHeight(node->_M_left);
    const int right = BlackHeight(node->_M_right);
    if (left < 0 || left != right) return -1;
    return left + (is_red(node) ? 0 : 1);
  }
  void Check(std::size_t size) {  // after so many
    ASSERT_NE(_M_root(), nullptr);
    EXPECT_EQ(_M_root()->_M_color, std::_S_black);
    EXPECT_GT(BlackHeight(_M_root()), 0) << size;
  }
};

std::vector<int> Shuffled(int size, unsigned seed) {
  std::vector<int> numbers(static_cast<std::size_t>(size));
  std::iota(numbers.begin(), numbers.end(), 0);
  std::mt19937 random(seed);
  if (seed == 1) std::reverse(numbers.begin(), numbers.end());
  if (seed > 1) std::shuffle(numbers.begin(), numbers.end(), random);
  return numbers;
}

TEST(RedBlackTree, KeepsOrderAndBalanceWhateverTheOrderOfInsertion) {
  constexpr int kNumbers = 300;
  for (unsigned seed = 0; seed < 20; ++seed) {
    Looked tree;
    std::vector<int> inserted;
    for (const int number : Shuffled(kNumbers, seed)) {
      tree._M_insert_unique(int{number});
      inserted.insert(std::lower_bound(inserted.begin(), inserted.end(), number), number);
      tree.Check(inserted.size());
      ASSERT_TRUE(std::equal(tree.begin(), tree.end(), inserted.begin(), inserted.end()));
      ASSERT_TRUE(std::equal(tree.rbegin(), tree.rend(), inserted.rbegin(), inserted.rend()));
    }
  }
}

}  // namespace
}  // namespace vtprobe
