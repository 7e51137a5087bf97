#include "store_keeping.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "store/wire.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using Done = store::OrFailure<void>;

Done Damaged() { return tl::unexpected(store::Failure{false, "what is to be kept came damaged"}); }

class Keeping {
 public:
  Keeping(const StoreAccess& access, StoreLine* line) : access_(access), line_(*line) {}

  void Serve() {
    while (!is_over_) {
      const auto message = line_.Receive();
      if (!message) return;
      if (const Done done = Answer(*message); !done) return Tell(done.error());
    }
    line_.Flush();
  }

 private:
  Done Answer(const Message& message) {
    if (message.word == Word::kAbandon) {
      store_.reset();
      is_over_ = true;
      line_.Send(Word::kDone);
      return {};
    }
    if (Done open = Open(); !open) return open;
    if (message.word == Word::kAdd) return Add(message.body);
    if (message.word == Word::kNext) return HandOver();
    if (message.word == Word::kCommit) return Commit();
    return Damaged();
  }

  Done Open() {
    if (store_ != nullptr) return {};
    auto opened = store::OpenStore(access_.name, access_.use);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    store_ = *std::move(opened);
    return {};
  }

  Done Add(std::string_view body) {
    const auto recording = store::FromBytes<store::Recording>(body);
    if (!recording) return Damaged();
    return store_->Add(*recording).map([&](bool is_new) {
      ++(is_new ? counts_.changed : counts_.present);
    });
  }

  // Some at a time: the answers to them are taken before there are more, so that not
  // both ends wait to be read.
  Done HandOver() {
    constexpr std::size_t kSome = 256;
    std::size_t sent = 0;
    Done answered;
    Done done = store_->ForEach([&](const store::Kept& kept) {
      line_.Send(Word::kKept, store::ToBytes(kept));
      if (++sent % kSome == 0) {
        line_.Send(Word::kMore);
        answered = TakeAnswers();
      }
      return answered.has_value();
    });
    if (!done) return done;
    if (!answered) return answered;
    line_.Send(Word::kEnd);
    return TakeAnswers();
  }

  Done TakeAnswers() {
    while (const auto message = line_.Receive()) {
      if (message->word == Word::kNext) return {};
      const auto answers = store::FromBytes<store::AnswersOf>(message->body);
      if (message->word != Word::kReplace || !answers) return Damaged();
      Done replaced = store_->SetAnswers(answers->first, answers->second);
      if (!replaced) return replaced;
      ++counts_.changed;
    }
    return Damaged();
  }

  Done Commit() {
    Done committed = store_->Commit();
    if (!committed) return committed;
    std::string body;
    AppendPlain(counts_, &body);
    line_.Send(Word::kDone, body);
    is_over_ = true;
    return {};
  }

  void Tell(const store::Failure& failure) {
    const bool is_open = store_ != nullptr;
    store_.reset();
    int status = kOutputFailed;
    if (access_.use != store::Use::kMake && !is_open) status = kInputMissing;
    if (failure.is_malformed) status = kMalformedInput;
    std::string body;
    AppendPlain(status, &body);
    body += Printable(failure.words);
    line_.Send(Word::kFailed, body);
    line_.Flush();
  }

  const StoreAccess& access_;
  StoreLine& line_;
  std::unique_ptr<store::Store> store_;
  bool is_over_ = false;
  StoreCounts counts_;
};

}  // namespace

void KeepStore(const StoreAccess& access, StoreLine* line) { Keeping(access, line).Serve(); }

}  // namespace vtprobe
