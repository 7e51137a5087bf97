// The decision tables against the oracle, in every combination of the bits
// that matter. One test is one product.

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "sanitizer.h"
#include "virtualization/cases.h"
#include "virtualization/comparison.h"
#include "virtualization/enumeration.h"
#include "virtualization/oracle.h"

namespace vtprobe::cases {
namespace {

// The lock and both VMX bits, with and without a SENTER function (8), SENTER
// (15), SGX launch control (17), SGX (18) and LMCE (20).
std::vector<std::uint64_t> FeatureControlValues() { return Subsets({0, 1, 2, 8, 15, 17, 18, 20}); }

// R_INIT, which is bit 1, with LOCK and SVMDIS.
std::vector<std::uint64_t> VmCrValues() { return Subsets({1, 3, 4}); }

void CompareEachCpu(const std::vector<Host>& hosts, const std::vector<Dimension>& dimensions) {
  Comparison comparison;
  std::size_t turn = 0;
  for (const Host& host : hosts) {
    Batch batch(host, &comparison);
    ForEveryCpu(dimensions, [&](const Cpu& cpu) {
      if (turn++ % kStride == 0) batch.Add(cpu);
    });
  }
  testing::Test::RecordProperty("compared", std::to_string(comparison.compared()));
}

void CompareMachines(const std::vector<Host>& hosts, const std::vector<Dimension>& dimensions) {
  Comparison comparison;
  std::size_t turn = 0;
  for (const Host& host : hosts) {
    ForEveryCpu(dimensions, [&](const Cpu& cpu) {
      if (turn++ % kStride == 0 && !comparison.over()) comparison.WholeMachine({cpu}, host);
    });
  }
  testing::Test::RecordProperty("compared", std::to_string(comparison.compared()));
}

TEST(Tables, FeatureControlOnEveryKindOfHost) {
  CompareEachCpu(AllHosts(),
                 {Each<Model>(&Cpu::model, {kSkylake}), Both(&Cpu::vmx), Both(&Cpu::smx),
                  Both(&Cpu::hypervisor), Readings(FeatureControlValues())});
}

// Who locked it, by the bits that each release of Linux writes.
TEST(Tables, FeatureControlByWhatLinuxWrites) {
  std::vector<Host> hosts;
  for (const std::string_view kernel :
       {"5.5.19", "5.6.0", "5.10.0-28-amd64", "5.11.0", "5.12.19", "5.13.0", "6.1.0-13-amd64"}) {
    for (const std::string_view kvm_intel : {"", "m", "n"}) {
      for (const std::string_view measured : {"", "yes", "no"}) {
        hosts.push_back({"os", kernel, kvm_intel, measured});
      }
    }
  }
  CompareEachCpu(hosts, {Each<Model>(&Cpu::model, {kSkylake}), BothOrUnread(&Cpu::sgx_lc),
                         Readings(FeatureControlValues())});
}

TEST(Tables, FeatureControlOfEveryMaker) {
  CompareEachCpu(AllHosts(),
                 {Each<Model>(&Cpu::model, {kSkylake, kIsaiah, kZhaoxin}), Both(&Cpu::vmx),
                  Both(&Cpu::smx), Both(&Cpu::hypervisor), Readings(Subsets({0, 1, 2}))});
}

TEST(Tables, VmCrOnEveryKindOfHost) {
  CompareEachCpu(AllHosts(),
                 {Each<Model>(&Cpu::model, {kNaples, kHygon}),
                  Each<std::optional<bool>>(&Cpu::svm, {false, true}), Both(&Cpu::hypervisor),
                  BothOrUnread(&Cpu::svml), Readings(VmCrValues())});
}

// The other technology's bit says nothing about a CPU of a known maker; of an
// unknown one's, neither is to be believed.
TEST(Tables, UnreadLeavesOfEveryMaker) {
  const std::vector<Host> hosts = {{},
                                   {"pre-os", "", "", ""},
                                   {"pre-os", "", "", "", "cold"},
                                   {"os", "", "", ""},
                                   {"guest", "", "", ""}};
  CompareEachCpu(
      hosts, {Each<Model>(&Cpu::model, {kSkylake, kIsaiah, kZhaoxin, kNaples, kHygon, kCorrupted}),
              Both(&Cpu::vendor_leaf), Both(&Cpu::signature), Both(&Cpu::features), Both(&Cpu::vmx),
              Both(&Cpu::hypervisor), BothOrUnread(&Cpu::svm), BothOrUnread(&Cpu::svml),
              Each<std::optional<std::uint32_t>>(
                  &Cpu::max_extended, {std::nullopt, 0x8000'0000, 0x8000'0001, 0x8000'001f}),
              Readings({0, 1, 5, 8, 0x18})});
}

TEST(Tables, SanityGatesOfEveryFamily) {
  const std::vector<Host> hosts = {
      {}, {"pre-os", "", "", ""}, {"os", "6.1.0", "y", "no"}, {"guest", "6.1.0", "y", "no"}};
  CompareEachCpu(hosts,
                 {Each(&Cpu::model, AllModels()), Both(&Cpu::signature), Both(&Cpu::vmx),
                  Both(&Cpu::hypervisor), Each<std::optional<bool>>(&Cpu::svm, {false, true}),
                  Each<std::optional<std::uint32_t>>(&Cpu::hypervisor_leaf,
                                                     {std::nullopt, 0, 0x4000'0000, 0x4000'0001}),
                  Readings({0, 1, 5, 0x10})});
}

// A machine of one CPU is that CPU, and its exit code follows.
TEST(Tables, ExitCodeOfOneCpu) {
  const std::vector<Host> hosts = {{},
                                   {"pre-os", "", "", "yes"},
                                   {"os", "6.1.0-13-amd64", "m", "yes"},
                                   {"os", "6.1.0-13-amd64", "m", "no"},
                                   {"guest", "5.5.19", "n", ""}};
  CompareMachines(
      hosts, {Each<Model>(&Cpu::model, {kSkylake, kNaples, kCorrupted, kWinChip}), Both(&Cpu::vmx),
              Each<std::optional<bool>>(&Cpu::svm, {false, true}), BothOrUnread(&Cpu::svml),
              Both(&Cpu::hypervisor), Readings(Subsets({0, 1, 2, 3, 4}))});
}

// The hypervisor bit does not mean guest.
TEST(Tables, SystemsOfAHypervisorsHost) {
  const std::vector<Host> hosts = {
      {}, {"pre-os", "", "", ""}, {"os", "6.1.0", "y", "no"}, {"guest", "", "", ""}};
  CompareMachines(
      hosts, {Each<Model>(&Cpu::model, {kSkylake, kZhaoxin, kNaples, kHygon, kCorrupted, kWinChip}),
              HostedSystems(), Both(&Cpu::vmx), Both(&Cpu::features), Both(&Cpu::hypervisor),
              Each<std::optional<bool>>(&Cpu::svm, {false, true, std::nullopt}),
              Readings({0, 1, 5, 0x18})});
}

// Why a CPU's state is unknown is the reason itself, not a word for it.
TEST(Tables, TheReasonIsKept) {
  for (const Model& model : {kSkylake, kNaples}) {
    for (const AccessCode code : kAllAccessCodes) {
      Cpu cpu = Unread(model, code);
      if (code == AccessCode::kGeneralProtection) cpu.hypervisor = true;
      const auto verdict = JudgeVirtualization(Machine({cpu}));
      ASSERT_EQ(verdict.groups.size(), 1u);
      EXPECT_EQ(verdict.groups[0].state, State::kIndeterminate) << Name(code);
      EXPECT_EQ(verdict.groups[0].unread, code) << Name(code);
    }
    Cpu silent = WithSwitch(model, 0);
    silent.reading.reset();
    const auto verdict = JudgeVirtualization(Machine({silent}));
    ASSERT_EQ(verdict.groups.size(), 1u);
    EXPECT_EQ(verdict.groups[0].unread, AccessCode::kNotRecorded);
  }
}

}  // namespace
}  // namespace vtprobe::cases
