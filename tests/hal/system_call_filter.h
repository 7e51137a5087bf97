// Makes a system call fail, or lie, for one thread. A cpuset refuses an affinity
// and sandboxes lie about it; a limit refuses threads. A test can't enter those,
// but any thread may put a seccomp filter on itself.

#ifndef VTPROBE_TESTS_HAL_SYSTEM_CALL_FILTER_H_
#define VTPROBE_TESTS_HAL_SYSTEM_CALL_FILTER_H_

namespace vtprobe {

// From now on, the system call of that number (SYS_sched_setaffinity) does
// nothing for the calling thread and for those that it starts, and answers with
// that errno, or with success for 0. It can't be undone: call it on a thread of
// the test's own. False if the kernel has no seccomp filters.
[[nodiscard]] bool AnswerSystemCallWith(long number, int sys_errno);

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_SYSTEM_CALL_FILTER_H_
