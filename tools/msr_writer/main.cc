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

#include <array>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msr_writer/enable.h"
#include "msr_writer/linux_msr_writer.h"
#include "msr_writer/locks.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/cpuid_view.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::msr_writer {
namespace {

constexpr int kRefuses = 2;
constexpr int kUsage = 64;

int Refuse(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  return kRefuses;
}

std::string Hex(const std::optional<std::uint64_t>& value) {
  if (!value) return "-";
  std::array<char, 2 + 16 + 1> text{};
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, *value);
  return text.data();
}

void Tell(const LockResult& result) {
  std::printf("lock %u 0x%x %s %s %s %s\n", Number(result.cpu), Number(result.address),
              std::string(result.name).c_str(), std::string(Name(result.outcome)).c_str(),
              Hex(result.before).c_str(), Hex(result.after).c_str());
  // What was done is told even if the next step ends this machine.
  std::fflush(stdout);
}

void TellWrite(const PlannedWrite& write) {
  std::printf("write %u 0x%x %s %s\n", Number(write.cpu), Number(write.address),
              Hex(write.before).c_str(), Hex(write.value).c_str());
  std::fflush(stdout);
}

std::optional<Extension> OfferedExtension(const RegisterView& cpu) {
  if (registers::IsSetIn(cpu, registers::kVmx)) return Extension::kVmx;
  if (registers::IsSetIn(cpu, registers::kSvm)) return Extension::kSvm;
  return std::nullopt;
}

int VerifyLocksOf(const CpuSet& cpus, CpuidReader& cpuid) {
  LinuxMsrReader reader;
  LinuxMsrWriter writer;
  VerifyLocks(cpuid, reader, writer, cpus.ToVector(), Tell);
  for (const OtherLock& lock : OtherLocks()) {
    std::printf("left-alone %s %s\n", std::string(lock.name).c_str(),
                std::string(lock.why).c_str());
  }
  return 0;
}

int EnableOn(const CpuSet& cpus, const RegisterView& first, bool in_smx, bool only_says) {
  const auto extension = OfferedExtension(first);
  if (!extension) return Refuse("CPUID offers neither VT-x nor SVM");
  LinuxMsrReader reader;
  const auto plan = PlanToEnable(reader, *extension, in_smx, cpus.ToVector());
  if (!plan) return Refuse(("nothing is written: " + plan.error()).c_str());
  std::printf("extension %s\n", *extension == Extension::kVmx ? "vmx" : "svm");
  if (only_says) {
    for (const PlannedWrite& write : *plan) TellWrite(write);
    return 0;
  }
  LinuxMsrWriter writer;
  const auto failed = Enable(reader, writer, *plan, TellWrite);
  return failed ? Refuse(failed->c_str()) : 0;
}

int Main(std::vector<std::string_view> arguments) {
  const auto takes = [&](std::string_view word) { return std::erase(arguments, word) == 1; };
  const bool is_meant = takes("--yes");
  const bool only_says = takes("--dry-run");
  const bool in_guest = takes("--in-guest");
  const bool in_smx = takes("--in-smx");
  if (is_meant == only_says || arguments.size() != 2) return kUsage;
  const bool verifies = arguments[0] == "verify-locks" && is_meant && !in_smx;
  const bool enables = arguments[0] == "enable" && !in_guest;
  const auto cpus = CpuSet::Parse(arguments[1]);
  if (!cpus || cpus->empty() || !(verifies || enables)) return kUsage;
  if (::geteuid() != 0) return Refuse("only root reads and writes these registers");
  // CPUs of one system are alike in what is asked here.
  CpuidInstruction cpuid;
  const CpuidView first(cpuid, cpus->First());
  if (registers::IsSetIn(first, registers::kHypervisor) && !in_guest) {
    return Refuse(verifies ? "this is a guest: its registers are its hypervisor's (--in-guest asks "
                             "them all the same)"
                           : "this is a guest: its hypervisor switches it on");
  }
  return verifies ? VerifyLocksOf(*cpus, cpuid) : EnableOn(*cpus, first, in_smx, only_says);
}

}  // namespace
}  // namespace vtprobe::msr_writer

int main(int argc, char** argv) {
  return vtprobe::msr_writer::Main({argv + (argc > 0 ? 1 : 0), argv + argc});
}
