// A value, or the reason why there is none. Nothing in this project returns 0
// for "unknown".

#ifndef VTPROBE_HAL_RESULT_H_
#define VTPROBE_HAL_RESULT_H_

#include <cstdint>
#include <tl/expected.hpp>

#include "vtprobe/hal/access_error.h"

namespace vtprobe {

template <typename T>
using Result = tl::expected<T, AccessError>;

// Fail(AccessCode::kIo) reads better than spelling tl::unexpected out.
constexpr tl::unexpected<AccessError> Fail(AccessCode code) {
  return tl::unexpected<AccessError>(AccessError{code});
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_RESULT_H_
