// What std::map asks of the standard library in calls: the order and the balance of its
// nodes (bits/stl_tree.h of libstdc++, which has the declarations and no code). The tree
// hangs at a header, whose parent is the root, whose left is the first node and whose
// right is the last. Balance is as in Cormen et al., Introduction to Algorithms, 13.3.

#include <map>
#include <utility>

namespace std {
namespace {

using Node = _Rb_tree_node_base;

// The child on one side: with `mirrored`, left is right.
Node*& Left(Node* node, bool mirrored) { return mirrored ? node->_M_right : node->_M_left; }
Node*& Right(Node* node, bool mirrored) { return Left(node, !mirrored); }

// Puts the right child of a node in its place, and the node to the left below it.
void RotateLeft(Node* node, Node*& root, bool mirrored) {
  Node* const risen = Right(node, mirrored);
  Right(node, mirrored) = Left(risen, mirrored);
  if (Left(risen, mirrored) != nullptr) Left(risen, mirrored)->_M_parent = node;
  risen->_M_parent = node->_M_parent;
  if (node == root) {
    root = risen;
  } else if (node == node->_M_parent->_M_left) {
    node->_M_parent->_M_left = risen;
  } else {
    node->_M_parent->_M_right = risen;
  }
  Left(risen, mirrored) = node;
  node->_M_parent = risen;
}

// The neighbour on the right.
Node* Next(Node* node, bool mirrored) {
  if (Right(node, mirrored) != nullptr) {
    node = Right(node, mirrored);
    while (Left(node, mirrored) != nullptr) node = Left(node, mirrored);
    return node;
  }
  Node* above = node->_M_parent;
  while (node == Right(above, mirrored)) {
    node = above;
    above = above->_M_parent;
  }
  // The root is its header's parent, and the header the root's: where the root has no
  // right child, the climb went past the header and back.
  return Right(node, mirrored) != above ? above : node;
}

}  // namespace

Node* _Rb_tree_increment(Node* node) throw() { return Next(node, false); }
const Node* _Rb_tree_increment(const Node* node) throw() {
  return Next(const_cast<Node*>(node), false);
}
Node* _Rb_tree_decrement(Node* node) throw() {
  // From the end, which is the header, to the last.
  if (node->_M_color == _S_red && node->_M_parent->_M_parent == node) return node->_M_right;
  return Next(node, true);
}
const Node* _Rb_tree_decrement(const Node* node) throw() {
  return _Rb_tree_decrement(const_cast<Node*>(node));
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): theirs are reserved
void _Rb_tree_insert_and_rebalance(const bool insert_left, Node* node, Node* parent,
                                   Node& header) throw() {
  Node*& root = header._M_parent;
  *node = {_S_red, parent, nullptr, nullptr};
  if (insert_left) {
    parent->_M_left = node;  // also where the parent is the header: the first
    if (parent == &header) {
      header._M_parent = node;
      header._M_right = node;
    } else if (parent == header._M_left) {
      header._M_left = node;
    }
  } else {
    parent->_M_right = node;
    if (parent == header._M_right) header._M_right = node;
  }
  while (node != root && node->_M_parent->_M_color == _S_red) {
    Node* const above = node->_M_parent->_M_parent;
    const bool mirrored = node->_M_parent == above->_M_right;
    Node* const uncle = Right(above, mirrored);
    if (uncle != nullptr && uncle->_M_color == _S_red) {
      node->_M_parent->_M_color = _S_black;
      uncle->_M_color = _S_black;
      above->_M_color = _S_red;
      node = above;
      continue;
    }
    if (node == Right(node->_M_parent, mirrored)) {
      node = node->_M_parent;
      RotateLeft(node, root, mirrored);
    }
    node->_M_parent->_M_color = _S_black;
    above->_M_color = _S_red;
    RotateLeft(above, root, !mirrored);
  }
  root->_M_color = _S_black;
}

}  // namespace std
