// What a fuzz target asks of an answer.

#ifndef VTPROBE_TESTS_FUZZ_CHECK_H_
#define VTPROBE_TESTS_FUZZ_CHECK_H_

#include <cstdlib>

namespace vtprobe {

// A fuzzer takes the end of the process for what it was looking for.
inline void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_FUZZ_CHECK_H_
