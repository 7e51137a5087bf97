#include "store_line.h"

#include <csignal>
#include <memory>

namespace vtprobe {
namespace {

constexpr std::size_t kAtATime = std::size_t{256} << 10;
constexpr std::size_t kHead = sizeof(std::uint64_t) + sizeof(Word);

}  // namespace

bool StoreLine::Send(Word word, std::string_view body) {
  AppendPlain(static_cast<std::uint64_t>(body.size()), &unsent_);
  AppendPlain(word, &unsent_);
  unsent_ += body;
  return unsent_.size() < kAtATime || Flush();
}

bool StoreLine::Flush() {
  // That the other end is gone is an answer, and no reason to be ended.
  void (*const before)(int) = std::signal(SIGPIPE, SIG_IGN);
  const bool is_sent = WriteAll(fd_.get(), unsent_) == 0;
  std::signal(SIGPIPE, before);
  unsent_.clear();
  return is_sent;
}

std::optional<Message> StoreLine::Receive() {
  if (!unsent_.empty()) Flush();
  if (!Fill(kHead)) return std::nullopt;
  const auto size = PlainAt<std::uint64_t>(unread_, start_);
  const auto word = PlainAt<Word>(unread_, start_ + sizeof(std::uint64_t));
  start_ += kHead;
  if (!Fill(size)) return std::nullopt;
  Message message{word, unread_.substr(start_, size)};
  start_ += size;
  return message;
}

// So many bytes are unread, or false.
bool StoreLine::Fill(std::size_t size) {
  if (unread_.size() - start_ >= size) return true;
  unread_.erase(0, start_);
  start_ = 0;
  while (unread_.size() < size) {
    const std::size_t before = unread_.size();
    unread_.resize(before + kAtATime);
    const std::ptrdiff_t count = ReadSome(fd_.get(), unread_.data() + before, kAtATime);
    unread_.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count <= 0) return false;
  }
  return true;
}

}  // namespace vtprobe
