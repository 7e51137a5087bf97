// Work done in a process of its own, which gives up its rights, for one that has
// kept them and does nothing but write what the work hands it.
//
// The file that -o names may stand in a folder in which only root may write, and
// is written when the answer is complete: long after whoever made the answer has
// given up being root.

#ifndef VTPROBE_TOOLS_VTPROBE_WORKER_H_
#define VTPROBE_TOOLS_VTPROBE_WORKER_H_

#include <sys/types.h>

#include <functional>

#include "output.h"

namespace vtprobe {

// Calls `work` in a child process. What it writes to the output that it is given,
// once and as a whole, this process writes to `output`, and the child learns how
// that went. Returns in both: what `work` returned. A signal that ended the child
// ends this process too, and the child does not outlive this one. Call it before
// there are other threads. kOutputFailed, in this process, if there is no child.
OrFailure<int> RunInWorker(Output* output, const std::function<OrFailure<int>(Output&)>& work);

// Waits for a child of this process to end: its exit status. A signal that ended
// it ends this process too.
int WaitFor(pid_t child);
// The same of one that has ended, by what waitpid() said.
int EndAs(int status);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_WORKER_H_
