#include "msr_writer/command.h"

#include <array>
#include <cinttypes>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "msr_writer/enable.h"
#include "msr_writer/locks.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/cpuid_view.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::msr_writer {
namespace {

constexpr int kRefuses = 2;
constexpr int kUsage = 64;

std::string Hex(const std::optional<std::uint64_t>& value) {
  if (!value) return "-";
  std::array<char, 2 + 16 + 1> text{};
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, *value);
  return text.data();
}

std::optional<Extension> OfferedExtension(const RegisterView& cpu) {
  if (registers::IsSetIn(cpu, registers::kVmx)) return Extension::kVmx;
  if (registers::IsSetIn(cpu, registers::kSvm)) return Extension::kSvm;
  return std::nullopt;
}

class Command {
 public:
  Command(const Machine& machine, std::FILE* out, std::FILE* err)
      : machine_(machine), out_(out), err_(err) {}

  int Run(std::vector<std::string_view> arguments) {
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
    if (!machine_.is_root) return Refuse("only root reads and writes these registers");
    // CPUs of one system are alike in what is asked here.
    const CpuidView first(machine_.cpuid, cpus->First());
    if (registers::IsSetIn(first, registers::kHypervisor) && !in_guest) {
      return Refuse(verifies
                        ? "this is a guest: its registers are its hypervisor's (--in-guest asks "
                          "them all the same)"
                        : "this is a guest: its hypervisor switches it on");
    }
    return verifies ? VerifyLocksOf(*cpus) : EnableOn(*cpus, first, in_smx, only_says);
  }

 private:
  int Refuse(std::string_view why) {
    std::fprintf(err_, "%s\n", std::string(why).c_str());
    return kRefuses;
  }

  void Tell(const LockResult& result) {
    std::fprintf(out_, "lock %u 0x%x %s %s %s %s\n", Number(result.cpu), Number(result.address),
                 std::string(result.name).c_str(), std::string(Name(result.outcome)).c_str(),
                 Hex(result.before).c_str(), Hex(result.after).c_str());
    std::fflush(out_);
  }

  void TellWrite(const PlannedWrite& write) {
    std::fprintf(out_, "write %u 0x%x %s %s\n", Number(write.cpu), Number(write.address),
                 Hex(write.before).c_str(), Hex(write.value).c_str());
    std::fflush(out_);
  }

  int VerifyLocksOf(const CpuSet& cpus) {
    VerifyLocks(machine_.cpuid, machine_.reader, machine_.writer, cpus.ToVector(),
                [this](const LockResult& result) { Tell(result); });
    for (const OtherLock& lock : OtherLocks()) {
      std::fprintf(out_, "left-alone %s %s\n", std::string(lock.name).c_str(),
                   std::string(lock.why).c_str());
    }
    return 0;
  }

  int EnableOn(const CpuSet& cpus, const RegisterView& first, bool in_smx, bool only_says) {
    const auto extension = OfferedExtension(first);
    if (!extension) return Refuse("CPUID offers neither VT-x nor SVM");
    const auto plan = PlanToEnable(machine_.reader, *extension, in_smx, cpus.ToVector());
    if (!plan) return Refuse("nothing is written: " + plan.error());
    std::fprintf(out_, "extension %s\n", *extension == Extension::kVmx ? "vmx" : "svm");
    if (only_says) {
      for (const PlannedWrite& write : *plan) TellWrite(write);
      return 0;
    }
    const auto failed = Enable(machine_.reader, machine_.writer, *plan,
                               [this](const PlannedWrite& write) { TellWrite(write); });
    return failed ? Refuse(*failed) : 0;
  }

  const Machine& machine_;
  std::FILE* out_;
  std::FILE* err_;
};

}  // namespace

int RunCommand(std::vector<std::string_view> arguments, const Machine& machine, std::FILE* out,
               std::FILE* err) {
  return Command(machine, out, err).Run(std::move(arguments));
}

}  // namespace vtprobe::msr_writer
