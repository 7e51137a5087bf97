// vtprobe-msr-writer: the only program of the project that writes a register. vtprobe
// starts it for those commands whose purpose that is, and no other way leads here: what
// reads links none of this.
//
//   vtprobe-msr-writer verify-locks --yes [--in-guest] CPULIST
//   vtprobe-msr-writer enable --yes|--dry-run [--in-smx] CPULIST
//
// Prints a line for each register of each CPU, and one for each that is left alone:
//   lock CPU ADDRESS NAME OUTCOME BEFORE AFTER     values in hexadecimal; -: there is none
//   left-alone NAME WHY
//   write CPU ADDRESS BEFORE VALUE                 written and read back, or planned
//   extension vmx|svm
// Exit status 0 when all was told, 2 where it does not begin, with the reason on
// standard error, 64 for a command line that is none.

#include <unistd.h>

#include <cstdio>

#include "msr_writer/command.h"
#include "msr_writer/linux_msr_writer.h"
#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/linux_msr_reader.h"

int main(int argc, char** argv) {
  vtprobe::CpuidInstruction cpuid;
  vtprobe::LinuxMsrReader reader;
  vtprobe::msr_writer::LinuxMsrWriter writer;
  return vtprobe::msr_writer::RunCommand({argv + (argc > 0 ? 1 : 0), argv + argc},
                                         {cpuid, reader, writer, ::geteuid() == 0}, stdout, stderr);
}
