// 40 MSRs of every CPU through the driver at /dev/cpu, in several ways, for
// bench/peers: it runs this in an emulator's guest, which has the kernel's own
// driver, and over a recording that is served.
//
//   msr_sweep SWEEPS           all of them take turns, and of each the quickest
//                              turn counts
//   msr_sweep SWEEPS capture   our capture alone, for counting its system calls
//
// The ways:
//   remote    one thread asks CPU after CPU
//   capture   Capture() on workers that are kept from sweep to sweep
//   workers   the same workers, without making a snapshot of the answers
//   rdmsr     msr-tools' `rdmsr -a REGISTER`, a process a register (one turn, and
//             none where it is not installed)
//
// Prints a line for each: its name, and the microseconds a register and CPU on
// the wall and of a CPU (those of this process and of rdmsr). Every way must give
// the same values in every turn. Exit status: 0, 1 for values that differ, 77
// where the driver can't be read.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "child_process.h"
#include "temp_folder.h"
#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/hal/pinned_workers.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"

namespace vtprobe::bench {
namespace {

constexpr std::size_t kRegisters = 40;
constexpr int kDiffer = 1;
constexpr int kUsage = 64;
constexpr int kSkipped = 77;
constexpr const char* kRdmsr = "/usr/sbin/rdmsr";
constexpr const char* kRdmsrOfGuest = "/bin/rdmsr";

using Values = std::vector<std::optional<std::uint64_t>>;  // by CPU and register

double CpuSecondsOfThisProcess() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return CpuSeconds(usage);
}

class Sweeper {
 public:
  Sweeper() : online_(ReadHostContext().online), cpus_(online_.ToVector()) {
    // Registers that some program counts or that count by themselves change from
    // one turn to the next: those that were read alike twice are taken.
    const Selection known = RecordedRegisters(/*identifiers=*/true);
    for (const MsrAddress address : known.msrs) {
      if (registers_.size() == kRegisters) break;
      if (IsStable(address)) registers_.push_back(address);
    }
    for (const MsrAddress address : registers_) plan_.registers.Add(address);
    plan_.absent_msrs = true;
    plan_.distinct_apic_ids = false;
    expected_ = Remote();
  }

  bool is_ready() const { return registers_.size() == kRegisters && !cpus_.empty(); }
  std::size_t reads() const { return cpus_.size() * registers_.size(); }
  const Values& expected() const { return expected_; }

  Values Remote() {
    Values values;
    values.reserve(reads());
    for (const LogicalCpu cpu : cpus_) {
      for (const MsrAddress address : registers_) values.push_back(ValueOf(cpu, address));
    }
    return values;
  }

  Values Workers() {
    Values values(reads());
    workers_.Run(cpus_, cpus_.size(), [&](std::size_t place, const PinnedScope*) {
      std::size_t next = place * registers_.size();
      for (const MsrAddress address : registers_) values[next++] = ValueOf(cpus_[place], address);
    });
    return values;
  }

  PlatformSnapshot Captured() {
    return Capture(plan_, online_, {}, {}, driver_, instruction_, workers_);
  }

  Values ValuesOf(const PlatformSnapshot& snapshot) const {
    Values values;
    for (const LogicalCpu cpu : cpus_) {
      for (const MsrAddress address : registers_) {
        const MsrReading reading = snapshot.Msr(cpu, address);
        values.push_back(reading ? std::optional(*reading) : std::nullopt);
      }
    }
    return values;
  }

  // Adds what the programs used of a CPU. A CPU that rdmsr does not print has no
  // value.
  Values Rdmsr(const std::string& program, double* cpu_seconds) const {
    Values values(reads());
    const TempFolder folder;
    if (!folder.is_made()) return values;
    const std::string output = (folder.path() / "output").string();
    for (std::size_t i = 0; i < registers_.size(); ++i) {
      char address[16];
      std::snprintf(address, sizeof address, "0x%x", Number(registers_[i]));
      const Ended ended = RunProgram({program, "-a", address}, output);
      *cpu_seconds += ended.cpu_seconds;
      std::ifstream file(output);
      std::string line;
      for (std::size_t cpu = 0; cpu < cpus_.size() && std::getline(file, line); ++cpu) {
        values[cpu * registers_.size() + i] = std::strtoull(line.c_str(), nullptr, 16);
      }
    }
    return values;
  }

 private:
  std::optional<std::uint64_t> ValueOf(LogicalCpu cpu, MsrAddress address) {
    const auto value = driver_.ReadMsr(cpu, address);
    return value ? std::optional(*value) : std::nullopt;
  }

  bool IsStable(MsrAddress address) {
    return std::all_of(cpus_.begin(), cpus_.end(), [&](LogicalCpu cpu) {
      const auto value = ValueOf(cpu, address);
      return value && value == ValueOf(cpu, address);
    });
  }

  CpuSet online_;
  std::vector<LogicalCpu> cpus_;
  std::vector<MsrAddress> registers_;
  CapturePlan plan_;
  LinuxMsrReader driver_;
  CpuidInstruction instruction_;
  PinnedWorkers workers_;
  Values expected_;
};

// The quickest of the turns that one way had.
struct Best {
  double wall = std::numeric_limits<double>::infinity();
  double cpu = std::numeric_limits<double>::infinity();

  // What `work` returns. It adds to its argument what other processes used.
  template <typename Work>
  auto Turn(const Work& work) {
    double others = 0;
    const double cpu_before = CpuSecondsOfThisProcess();
    const auto start = std::chrono::steady_clock::now();
    auto result = work(&others);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    wall = std::min(wall, took.count());
    cpu = std::min(cpu, CpuSecondsOfThisProcess() - cpu_before + others);
    return result;
  }

  void Print(const char* name, std::size_t reads) const {
    const double each = 1e6 / static_cast<double>(reads);
    std::printf("%s %.3f %.3f\n", name, wall * each, cpu * each);
  }
};

bool IsRight(const char* name, const Values& values, const Sweeper& sweeper) {
  if (values == sweeper.expected()) return true;
  std::fprintf(stderr, "msr_sweep: %s gave other values\n", name);
  return false;
}

int CaptureAlone(Sweeper* sweeper, int sweeps) {
  for (int i = 0; i < sweeps; ++i) {
    const PlatformSnapshot captured = sweeper->Captured();
    if (!IsRight("capture", sweeper->ValuesOf(captured), *sweeper)) return kDiffer;
  }
  std::printf("capture %zu registers\n", sweeper->reads());
  return 0;
}

int Compare(Sweeper* sweeper, int sweeps) {
  Best remote;
  Best capture;
  Best workers;
  Best rdmsr;
  for (int i = 0; i < sweeps; ++i) {
    const Values far = remote.Turn([&](double*) { return sweeper->Remote(); });
    const PlatformSnapshot captured = capture.Turn([&](double*) { return sweeper->Captured(); });
    const Values near = workers.Turn([&](double*) { return sweeper->Workers(); });
    if (!IsRight("remote", far, *sweeper) || !IsRight("workers", near, *sweeper) ||
        !IsRight("capture", sweeper->ValuesOf(captured), *sweeper)) {
      return kDiffer;
    }
  }
  remote.Print("remote", sweeper->reads());
  capture.Print("capture", sweeper->reads());
  workers.Print("workers", sweeper->reads());
  for (const char* const program : {kRdmsr, kRdmsrOfGuest}) {
    if (::access(program, X_OK) != 0) continue;
    const Values values =
        rdmsr.Turn([&](double* others) { return sweeper->Rdmsr(program, others); });
    if (!IsRight("rdmsr", values, *sweeper)) return kDiffer;
    rdmsr.Print("rdmsr", sweeper->reads());
    break;
  }
  return 0;
}

int Main(const std::vector<std::string_view>& words) {
  const int sweeps = words.empty() ? 0 : std::atoi(words.front().data());
  const bool is_alone = words.size() == 2 && words.back() == "capture";
  if (sweeps <= 0 || words.size() > 2 || (words.size() == 2 && !is_alone)) {
    std::fprintf(stderr, "usage: msr_sweep SWEEPS [capture]\n");
    return kUsage;
  }
  Sweeper sweeper;
  if (!sweeper.is_ready()) {
    std::fprintf(stderr, "skipped: %zu registers of every CPU can't be read here\n", kRegisters);
    return kSkipped;
  }
  return is_alone ? CaptureAlone(&sweeper, sweeps) : Compare(&sweeper, sweeps);
}

}  // namespace
}  // namespace vtprobe::bench

int main(int argc, char** argv) { return vtprobe::bench::Main({argv + 1, argv + argc}); }
