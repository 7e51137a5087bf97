#include "paste/trigger_index.h"

#include <cctype>
#include <stdexcept>

namespace vtprobe::import {
namespace {

unsigned char Lower(char c) {
  return static_cast<unsigned char>(std::tolower(static_cast<unsigned char>(c)));
}

}  // namespace

TriggerIndex::TriggerIndex(std::span<const std::string_view> triggers) {
  if (triggers.size() > kMostTriggers) throw std::logic_error("too many triggers for the index");
  std::uint8_t classes = 1;
  for (const std::string_view trigger : triggers) {
    for (const char c : trigger) {
      std::uint8_t& of = class_of_[Lower(c)];
      if (of == 0) of = classes++;
      if (classes == kClasses) throw std::logic_error("too many kinds of bytes in the triggers");
      class_of_[static_cast<unsigned char>(std::toupper(Lower(c)))] = of;
    }
  }
  next_.resize(kClasses);
  ends_.emplace_back();
  for (std::size_t i = 0; i < triggers.size(); ++i) AddWord(triggers[i], i);
  Complete();
  for (const Hits& hits : ends_) is_end_.push_back(hits.any() ? 1 : 0);
}

// A branch of the tree of the words; 0 stands for "none yet", since nothing leads
// back to the root.
void TriggerIndex::AddWord(std::string_view word, std::size_t bit) {
  std::size_t state = 0;
  for (const char c : word) {
    const std::size_t edge = state * kClasses + class_of_[Lower(c)];
    if (next_[edge] == 0) {
      next_[edge] = static_cast<std::uint16_t>(ends_.size());
      next_.resize(next_.size() + kClasses);
      ends_.emplace_back();
    }
    state = next_[edge];
  }
  ends_[state].set(bit);
}

// By breadth, so that where a word breaks off the state is already complete from
// which it goes on.
void TriggerIndex::Complete() {
  std::vector<std::uint16_t> order = {0};
  std::vector<std::uint16_t> fallback(ends_.size());
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::uint16_t state = order[at];
    for (std::size_t c = 0; c < kClasses; ++c) {
      std::uint16_t& next = next_[state * kClasses + c];
      const std::uint16_t otherwise =
          state == 0 ? std::uint16_t{0} : next_[fallback[state] * kClasses + c];
      if (next == 0) {
        next = otherwise;
        continue;
      }
      fallback[next] = otherwise;
      ends_[next] |= ends_[otherwise];
      order.push_back(next);
    }
  }
}

}  // namespace vtprobe::import
