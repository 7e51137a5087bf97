// From CPUs to the host: machines of one, two and three CPUs in every
// combination of states, against the oracle, and what their order and their
// offline CPUs may change.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "virtualization/cases.h"
#include "virtualization/comparison.h"

namespace vtprobe::cases {
namespace {

Cpu Hidden(const Model& model) {
  Cpu cpu = WithSwitch(model, 0);
  cpu.vmx = false;
  cpu.svm = false;
  cpu.hypervisor = true;
  return cpu;
}

Cpu Unsupported(const Model& model) {
  Cpu cpu = Hidden(model);
  cpu.hypervisor = false;
  return cpu;
}

// A CPU of the model in every way of not being known.
std::vector<Cpu> Unknown(const Model& model) {
  std::vector<Cpu> cpus;
  for (const AccessCode code : kAllAccessCodes) cpus.push_back(Unread(model, code));
  Cpu silent = WithSwitch(model, 0);
  silent.reading.reset();
  cpus.push_back(silent);
  Cpu guest = Unread(model, AccessCode::kGeneralProtection);
  guest.hypervisor = true;
  cpus.push_back(guest);
  Cpu featureless = WithSwitch(model, 0);
  featureless.features = false;
  featureless.svm.reset();
  cpus.push_back(featureless);
  Cpu nameless = WithSwitch(model, 0);
  nameless.vendor_leaf = false;
  cpus.push_back(nameless);
  return cpus;
}

// One CPU for each answer that one of the model can get; #GP, which is in
// Unknown(), is `contradictory`.
std::vector<Cpu> Representatives(const Model& model) {
  std::vector<Cpu> cpus = Unknown(model);
  cpus.push_back(Hidden(model));
  cpus.push_back(Unsupported(model));
  const std::vector<std::uint64_t> values = model.maker == 'V'
                                                ? std::vector<std::uint64_t>{5, 7, 3, 1, 0}
                                                : std::vector<std::uint64_t>{8, 0, 0x10, 0x18};
  for (const std::uint64_t value : values) cpus.push_back(WithSwitch(model, value));
  if (model.maker == 'S') {
    Cpu keyless = WithSwitch(model, 0x18);
    keyless.svml = false;
    cpus.push_back(keyless);
    keyless.svml.reset();
    cpus.push_back(keyless);
  }
  return cpus;
}

// Calls with every multiset of one to three of the CPUs.
template <typename Visit>
void ForEveryMachine(const std::vector<Cpu>& cpus, Visit visit) {
  for (std::size_t a = 0; a < cpus.size(); ++a) {
    visit(std::vector{cpus[a]});
    for (std::size_t b = a; b < cpus.size(); ++b) {
      visit(std::vector{cpus[a], cpus[b]});
      for (std::size_t c = b; c < cpus.size(); ++c) visit(std::vector{cpus[a], cpus[b], cpus[c]});
    }
  }
}

const std::vector<Host>& Hosts() {
  static const std::vector<Host> hosts = {
      {}, {"os", "6.1.0-13-amd64", "y", "yes"}, {"guest", "", "", ""}};
  return hosts;
}

class HostOf : public testing::TestWithParam<Model> {};

TEST_P(HostOf, UpToThreeCpus) {
  Comparison comparison;
  for (const Host& host : Hosts()) {
    ForEveryMachine(Representatives(GetParam()), [&](const std::vector<Cpu>& cpus) {
      if (!comparison.over()) comparison.WholeMachine(cpus, host);
    });
  }
}

// Numbering the CPUs otherwise changes the lists and nothing else.
TEST_P(HostOf, OrderDoesNotMatter) {
  ForEveryMachine(Representatives(GetParam()), [&](const std::vector<Cpu>& cpus) {
    std::vector<Cpu> reversed(cpus.rbegin(), cpus.rend());
    const PlatformSnapshot snapshot = Machine(cpus);
    const auto verdict = JudgeVirtualization(snapshot);
    const auto other = JudgeVirtualization(Machine(reversed));
    const auto last = static_cast<std::uint32_t>(cpus.size() - 1);
    bool same = verdict.state == other.state && verdict.usable == other.usable &&
                verdict.attribution == other.attribution &&
                verdict.technology == other.technology && ExitCode(verdict) == ExitCode(other) &&
                verdict.groups.size() == other.groups.size();
    for (const VirtualizationGroup& group : verdict.groups) {
      std::vector<CpuSet::Range> mirrored;
      for (const CpuSet::Range& range : group.cpus.ranges()) {
        mirrored.push_back({last - range.last, last - range.first});
      }
      const CpuSet where(std::move(mirrored));
      same = same && std::any_of(other.groups.begin(), other.groups.end(), [&](const auto& g) {
               return g.cpus == where && g.state == group.state && g.usable == group.usable &&
                      g.attribution == group.attribution && g.technology == group.technology &&
                      g.unread == group.unread && g.note == group.note &&
                      g.evidence == group.evidence;
             });
    }
    EXPECT_TRUE(same) << Reproduce(snapshot);
  });
}

// How often a CPU occurs changes the lists and nothing else, and CPUs that say
// the same are one group.
TEST_P(HostOf, HowManyDoesNotMatter) {
  const std::vector<Cpu> representatives = Representatives(GetParam());
  for (const Cpu& a : representatives) {
    for (const Cpu& b : representatives) {
      const PlatformSnapshot snapshot = Machine({a, b});
      const auto pair = JudgeVirtualization(snapshot);
      const auto many = JudgeVirtualization(Machine({a, b, b, a, b, b, b}));
      EXPECT_EQ(many.state, pair.state) << Reproduce(snapshot);
      EXPECT_EQ(many.usable, pair.usable) << Reproduce(snapshot);
      EXPECT_EQ(many.attribution, pair.attribution) << Reproduce(snapshot);
      EXPECT_EQ(many.technology, pair.technology) << Reproduce(snapshot);
      ASSERT_EQ(many.groups.size(), pair.groups.size()) << Reproduce(snapshot);
      if (pair.groups.size() != 2) continue;
      EXPECT_EQ(many.groups[0].cpus.ToString(), "0,3") << Reproduce(snapshot);
      EXPECT_EQ(many.groups[1].cpus.ToString(), "1-2,4-6") << Reproduce(snapshot);
    }
  }
}

// A CPU declared offline is listed elsewhere and does not count.
TEST_P(HostOf, OfflineCpusDoNotCount) {
  const std::vector<Cpu> representatives = Representatives(GetParam());
  for (const Cpu& online : representatives) {
    const auto alone = JudgeVirtualization(Machine({online}));
    for (const Cpu& offline : representatives) {
      SnapshotBuilder builder;
      ASSERT_TRUE(builder.OpenBlock(CpuSet({{4, 7}}), SnapshotBuilder::Presence::kOffline));
      AddReadings(offline, &builder);
      ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{0})));
      AddReadings(online, &builder);
      const PlatformSnapshot snapshot = builder.Build();
      const auto verdict = JudgeVirtualization(snapshot);
      EXPECT_EQ(WhatIsMissing(snapshot, verdict), "") << Reproduce(snapshot);
      EXPECT_EQ(verdict.state, alone.state) << Reproduce(snapshot);
      EXPECT_EQ(verdict.usable, alone.usable) << Reproduce(snapshot);
      EXPECT_EQ(verdict.attribution, alone.attribution) << Reproduce(snapshot);
      EXPECT_EQ(verdict.technology, alone.technology) << Reproduce(snapshot);
      EXPECT_EQ(ExitCode(verdict), ExitCode(alone)) << Reproduce(snapshot);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Makers, HostOf, testing::Values(kSkylake, kZhaoxin, kNaples, kHygon),
                         [](const auto& model) {
                           std::string name;
                           for (const char c : std::string(model.param.name)) {
                             if (c >= '0' && c <= 'z') name += c;
                           }
                           return name;
                         });

TEST(Host, NoOnlineCpuIsIndeterminate) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet({{0, 3}}), SnapshotBuilder::Presence::kOffline));
  AddReadings(WithSwitch(kSkylake, 5), &builder);
  for (const PlatformSnapshot& snapshot : {builder.Build(), PlatformSnapshot()}) {
    const auto verdict = JudgeVirtualization(snapshot);
    EXPECT_EQ(verdict.state, State::kIndeterminate);
    EXPECT_EQ(verdict.usable, Usable::kUnknown);
    EXPECT_TRUE(verdict.groups.empty());
    EXPECT_EQ(WhatIsMissing(snapshot, verdict), "");
    EXPECT_EQ(ExitCode(verdict), 2);
  }
}

// The last CPU of a large, sparsely numbered machine counts as the first does.
TEST(Host, TheHighestCpuNumberCounts) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet({{0, 63}, {128, 4095}})));
  AddReadings(WithSwitch(kSkylake, 5), &builder);
  ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{kMaxCpuNumber})));
  AddReadings(WithSwitch(kSkylake, 1), &builder);
  const auto verdict = JudgeVirtualization(builder.Build());
  EXPECT_EQ(verdict.state, State::kInconsistent);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0-63,128-4095");
  EXPECT_EQ(verdict.groups[1].cpus.ToString(), "65535");
}

}  // namespace
}  // namespace vtprobe::cases
