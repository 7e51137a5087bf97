// Makes sched_setaffinity(2) fail, or lie, for one thread. A cpuset does the
// first and sandboxes do the second; a test can't enter those, but any thread
// may put a seccomp filter on itself.

#ifndef VTPROBE_TESTS_HAL_AFFINITY_FILTER_H_
#define VTPROBE_TESTS_HAL_AFFINITY_FILTER_H_

namespace vtprobe {

// From now on, sched_setaffinity(2) does nothing for the calling thread and
// answers with that errno, or with success for 0. It can't be undone: call it
// on a thread of the test's own. False if the kernel has no seccomp filters.
[[nodiscard]] bool AnswerSetAffinityWith(int sys_errno);

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_AFFINITY_FILTER_H_
