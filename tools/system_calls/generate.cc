// Compiles system_calls.def into the programs that the kernel runs at each
// system call, one a phase, and prints them as C++.
//
//   generate_system_calls > system_call_programs.inc
//
// libseccomp does it when vtprobe is built: at each start it would take longer
// than all else that a start takes, and would be one library more to load.

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/kvm.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

enum Phase { kReading, kOpening, kServing, kProving };

constexpr std::uint64_t kOpensToWrite = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
// As hal/src/linux/read_only_ioctl.cc has them: the structure of a batch is a
// count, and a pointer at the next multiple of eight.
constexpr std::uint64_t kMsrBatch = _IOWR('c', 0xA2, std::uint64_t[2]);
// A command of 16 bytes, without gaps: what is sent is looked at in
// read_only_ioctl.cc, since a filter does not see it.
constexpr std::uint64_t kIssueSevCommand = _IOC(_IOC_READ | _IOC_WRITE, 'S', 0x0, 16);
constexpr std::uint64_t kKvmListFeatureMsrs = _IOWR(0xAE, 0x0A, std::uint32_t);
constexpr std::uint64_t kKvmGetMsrs = _IOWR(0xAE, 0x88, std::uint64_t);

// As probes/proof/src/kvm_guest_runner.cc has them.
constexpr std::uint64_t kKvmGetSupportedCpuid = _IOWR(KVMIO, 0x05, std::uint64_t);
constexpr std::uint64_t kKvmSetCpuid2 = _IOW(KVMIO, 0x90, std::uint64_t);

// Whether a row's calls are made in that phase.
bool IsIn(Phase of, Phase phase) {
  return of == kReading || of == phase || (of == kOpening && phase == kProving);
}

void Must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "generate_system_calls: %s\n", what);
  std::exit(1);
}

scmp_arg_cmp Is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp Clear(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}
scmp_arg_cmp Set(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, bits};
}

void Add(scmp_filter_ctx filter, std::uint32_t action, const char* name,
         const std::vector<scmp_arg_cmp>& tests) {
  const int call = seccomp_syscall_resolve_name(name);
  Must(call != __NR_SCMP_ERROR, name);
  Must(seccomp_rule_add_array(filter, action, call, static_cast<unsigned>(tests.size()),
                              tests.data()) == 0,
       name);
}

// A row of system_calls.def.
struct Row {
  Phase of;
  std::uint32_t action;
  const char* name;
  std::vector<scmp_arg_cmp> tests;
};

std::vector<Row> Rows() {
  return {
#define VTPROBE_ALLOW(of, name) {of, SCMP_ACT_ALLOW, #name, {}},
#define VTPROBE_ALLOW_IF(of, name, ...) {of, SCMP_ACT_ALLOW, #name, {__VA_ARGS__}},
#define VTPROBE_KILL(name) {kReading, SCMP_ACT_KILL_PROCESS, #name, {}},
#include "system_calls.def"
#undef VTPROBE_ALLOW
#undef VTPROBE_ALLOW_IF
#undef VTPROBE_KILL
  };
}

scmp_filter_ctx FilterFor(Phase phase) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
  Must(filter != nullptr, "seccomp_init");
  // A search by halves and not call by call.
  Must(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0, "optimize");
  for (const Row& row : Rows()) {
    if (IsIn(row.of, phase)) Add(filter, row.action, row.name, row.tests);
  }
  return filter;
}

void Print(const char* name, Phase phase) {
  scmp_filter_ctx filter = FilterFor(phase);
  std::FILE* const file = std::tmpfile();
  Must(file != nullptr && seccomp_export_bpf(filter, ::fileno(file)) == 0, "seccomp_export_bpf");
  seccomp_release(filter);
  std::rewind(file);
  std::printf("constexpr sock_filter %s[] = {\n", name);
  for (sock_filter step{}; std::fread(&step, sizeof(step), 1, file) == 1;) {
    std::printf("    {0x%x, %u, %u, 0x%x},\n", step.code, step.jt, step.jf, step.k);
  }
  std::printf("};\n");
  std::fclose(file);
}

}  // namespace

int main() {
  // SECCOMP_RET_KILL_PROCESS is of level 3. What the kernel on which this is built knows,
  // which may be an emulator's, says nothing of those on which vtprobe will run.
  Must(seccomp_api_set(3) == 0, "seccomp_api_set");
  Print("kOpeningProgram", kOpening);
  Print("kReadingProgram", kReading);
  Print("kServingProgram", kServing);
  Print("kProvingProgram", kProving);
  return 0;
}
