// Whether the tests are built with a sanitizer. It keeps memory of its own, so that a
// process's says nothing; and it makes the engine many times slower, so that a test
// which goes through all combinations of some properties goes through a part of them:
// what they are judged to be is compared in full without a sanitizer.

#ifndef VTPROBE_TESTS_SANITIZER_H_
#define VTPROBE_TESTS_SANITIZER_H_

#include <cstddef>

namespace vtprobe {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VTPROBE_HAS_A_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VTPROBE_HAS_A_SANITIZER 1
#endif
#endif
#ifdef VTPROBE_HAS_A_SANITIZER
constexpr bool kHasASanitizer = true;
#else
constexpr bool kHasASanitizer = false;
#endif

// Every so many of the combinations are tried. A prime: properties that repeat all take
// their turn.
constexpr std::size_t kStride = kHasASanitizer ? 7 : 1;

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_SANITIZER_H_
