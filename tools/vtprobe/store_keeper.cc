#include "store_keeper.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <new>
#include <utility>
#include <vector>

#include "privileges.h"
#include "store/wire.h"
#include "store_keeping.h"

namespace vtprobe {
namespace {

// Where root started this, whoever owns the store, or the folder in which it is to be
// made: a store may be anybody's, and the library that reads it is large.
void BecomeOwnerOf(const std::string& path) {
  if (::geteuid() != 0) return;
  if (store::IsPostgres(path)) {
    // Who is who there, the server decides.
    static_cast<void>(KeepCapabilities(0));
    return;
  }
  struct stat status {};
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string in = folder.empty() ? "." : folder.string();
  if (::stat(path.c_str(), &status) != 0 && ::stat(in.c_str(), &status) != 0) return;
  // What can't be given up stays, as it does where recordings are parsed.
  static_cast<void>(LeaveGroups());
  static_cast<void>(Become({status.st_uid, status.st_gid}, 0));
  static_cast<void>(KeepCapabilities(0));
}

Failure FailureIn(const std::optional<Message>& message) {
  if (!message || message->word != Word::kFailed || message->body.size() < sizeof(int)) {
    return {kOutputFailed, "the process that keeps the store is gone"};
  }
  return {PlainAt<int>(message->body), message->body.substr(sizeof(int))};
}

}  // namespace

OrFailure<std::unique_ptr<StoreKeeper>> StoreKeeper::Start(const StoreAccess& access) {
  const auto failed = [] {
    return Fails(kOutputFailed, fmt::format("can't start a process: {}", ErrnoText(errno)));
  };
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return failed();
  Fd ours(ends[0]);
  Fd keepers(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return failed();
  if (child > 0) return std::unique_ptr<StoreKeeper>(new StoreKeeper(StoreLine(std::move(ours))));
  ours.Close();
  BecomeOwnerOf(access.name);
  // Asked for when it is who it stays: becoming another forgets it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kOutputFailed);
  try {
    StoreLine line(std::move(keepers));
    KeepStore(access, &line);
  } catch (const std::bad_alloc&) {
    ::_exit(kOutputFailed);
  }
  ::_exit(0);
}

OrFailure<void> StoreKeeper::Add(const store::Recording& recording) {
  if (line_.Send(Word::kAdd, store::ToBytes(recording))) return {};
  return tl::unexpected(FailureIn(line_.Receive()));
}

OrFailure<void> StoreKeeper::ForEach(const Take& take) {
  line_.Send(Word::kNext);
  std::vector<std::string> replaced;
  while (true) {
    const auto message = line_.Receive();
    if (message && message->word == Word::kKept) {
      const auto kept = store::FromBytes<store::Kept>(message->body);
      if (!kept) return tl::unexpected(FailureIn(std::nullopt));
      if (auto answers = take(*kept)) {
        replaced.push_back(store::ToBytes(store::AnswersOf{kept->id, *std::move(answers)}));
      }
      continue;
    }
    if (!message || (message->word != Word::kMore && message->word != Word::kEnd)) {
      return tl::unexpected(FailureIn(message));
    }
    for (const std::string& answers : std::exchange(replaced, {})) {
      line_.Send(Word::kReplace, answers);
    }
    line_.Send(Word::kNext);
    if (message->word == Word::kEnd) return {};
  }
}

OrFailure<StoreCounts> StoreKeeper::Commit() {
  line_.Send(Word::kCommit);
  const auto message = line_.Receive();
  if (!message || message->word != Word::kDone) return tl::unexpected(FailureIn(message));
  return PlainAt<StoreCounts>(message->body);
}

void StoreKeeper::Abandon() {
  line_.Send(Word::kAbandon);
  line_.Receive();
}

}  // namespace vtprobe
