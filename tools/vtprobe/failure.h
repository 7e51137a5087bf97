// Why a command could not do what it was asked: the exit status and the words
// for standard error. The statuses are those of sysexits.h.

#ifndef VTPROBE_TOOLS_VTPROBE_FAILURE_H_
#define VTPROBE_TOOLS_VTPROBE_FAILURE_H_

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace vtprobe {

inline constexpr int kUsageError = 64;
inline constexpr int kMalformedInput = 65;
inline constexpr int kInputMissing = 66;
inline constexpr int kOutputFailed = 74;

struct Failure {
  int exit_status = kUsageError;
  std::string message;
};

template <typename T>
using OrFailure = tl::expected<T, Failure>;

inline tl::unexpected<Failure> Fails(int exit_status, std::string message) {
  return tl::unexpected<Failure>({exit_status, std::move(message)});
}

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_FAILURE_H_
