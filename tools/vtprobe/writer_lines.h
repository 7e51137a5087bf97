// What vtprobe-msr-writer tells, line by line, put together: the same on several CPUs
// is one group. tools/msr_writer/main.cc has the lines.

#ifndef VTPROBE_TOOLS_VTPROBE_WRITER_LINES_H_
#define VTPROBE_TOOLS_VTPROBE_WRITER_LINES_H_

#include <string>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/report/locks.h"

namespace vtprobe {

// The same written on several CPUs, or planned.
struct WriteGroup {
  std::string address;  // "0x3a"
  std::string before;   // "0x1", what was read
  std::string value;
  CpuSet cpus;
};

struct ToldByWriter {
  LockReport locks;
  std::string extension;  // "vmx", "svm"
  std::vector<WriteGroup> writes;
};

// A line that is none of its lines is passed over.
ToldByWriter ReadWriterLines(const std::string& text);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_WRITER_LINES_H_
