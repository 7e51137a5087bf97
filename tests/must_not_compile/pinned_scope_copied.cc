// Two scopes would put the same affinity back twice, the second time too late.
// refused: use of deleted function 'vtprobe::PinnedScope::PinnedScope
// refused: from 'vtprobe::PinnedScope' to 'vtprobe::PinnedScope' uses deleted function

#include <utility>

#include "vtprobe/hal/pinned_scope.h"

vtprobe::PinnedScope Taken(vtprobe::PinnedScope& scope) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  return vtprobe::PinnedScope(scope);
#else
  return vtprobe::PinnedScope(std::move(scope));
#endif
}
