// The connection between the process that keeps a store and the one that parses
// recordings (store_keeper.h).

#ifndef VTPROBE_TOOLS_VTPROBE_STORE_LINE_H_
#define VTPROBE_TOOLS_VTPROBE_STORE_LINE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "fd_io.h"

namespace vtprobe {

// What is asked, and what it is answered with.
enum class Word : char {
  kAdd = 'a',      // a recording; not answered
  kNext = 'n',     // some of those that are kept, each a kKept, and behind them kMore or kEnd
  kReplace = 'r',  // answers to one of those; not answered
  kCommit = 'c',   // kDone with StoreCounts
  kAbandon = 'x',  // kDone
  kKept = 'k',
  kMore = 'm',
  kEnd = 'e',
  kDone = 'd',
  kFailed = 'f',  // an exit status of 4 bytes, and words; nothing comes behind it
};

struct Message {
  Word word = Word::kFailed;
  std::string body;
};

// What was changed, and what was there.
struct StoreCounts {
  std::uint64_t changed = 0;
  std::uint64_t present = 0;
};

// Numbers go as the processor has them.
template <typename Plain>
void AppendPlain(const Plain& plain, std::string* bytes) {
  static_assert(std::is_trivially_copyable_v<Plain>);
  bytes->append(reinterpret_cast<const char*>(&plain), sizeof(plain));
}
// Zeros if there is less.
template <typename Plain>
Plain PlainAt(std::string_view bytes, std::size_t place = 0) {
  static_assert(std::is_trivially_copyable_v<Plain>);
  Plain plain{};
  if (place + sizeof(plain) <= bytes.size()) {
    std::memcpy(&plain, bytes.data() + place, sizeof(plain));
  }
  return plain;
}

// One end. Messages go several at a time. Not thread-safe.
class StoreLine {
 public:
  explicit StoreLine(Fd fd) : fd_(std::move(fd)) {}

  // False if the other end is gone. It may have said why.
  bool Send(Word word, std::string_view body = {});
  bool Flush();
  // Nothing if the other end is gone. What is still to be sent goes first.
  std::optional<Message> Receive();

 private:
  bool Fill(std::size_t size);

  Fd fd_;
  std::string unsent_;
  std::string unread_;
  std::size_t start_ = 0;  // of what is unread
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_STORE_LINE_H_
