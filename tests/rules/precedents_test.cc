// What was decided of one CPU is said of others without a second look. So CPUs of
// one machine, no two of which are alike, must be judged as each would be alone.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "rules/judged_dump.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

struct Maker {
  CpuidRegisters vendor;  // leaf 0
  std::uint32_t signature;
};

// "GenuineIntel" and "AuthenticAMD": a Sapphire Rapids and a Milan.
constexpr std::array kMakers = {Maker{{0x20, 0x756e6547, 0x6c65746e, 0x49656e69}, 0x806f8},
                                Maker{{0x10, 0x68747541, 0x444d4163, 0x69746e65}, 0xa00f11}};

constexpr std::uint32_t kNoHypervisor = ~(std::uint32_t{1} << 31);  // leaf 1, ECX

// With every feature that CPUID can announce, so that most rules apply.
CpuidRegisters Answer(const Maker& maker, CpuidLeaf leaf) {
  if (leaf.leaf == 0) return maker.vendor;
  if (leaf.leaf == 1) return {maker.signature, 0, kNoHypervisor, ~0u};
  if (leaf.leaf == 0x8000'0000) return {0x8000'0026, 0, 0, 0};
  return {~0u, ~0u, ~0u, ~0u};
}

using Random = std::mt19937_64;

// Often one of few values, so that CPUs are alike in some registers and not in
// others, and sometimes less than a value.
MsrReading SomeReading(Random& random) {
  const std::uint64_t value = random();
  switch (random() % 12) {
    case 0:
      return tl::unexpected(AccessCode::kGeneralProtection);
    case 1:
      return tl::unexpected(AccessCode::kPermissionDenied);
    case 2:
      return tl::unexpected(AccessCode::kNotRecorded);
    case 3:
      return MsrReading::OfBits(value, random());
    case 4:
    case 5:
      return 0;
    case 6:
    case 7:
      return ~std::uint64_t{0};
    case 8:
    case 9:
      return std::uint64_t{1} << value % 64;
    default:
      return value;
  }
}

PlatformSnapshot SomeMachine(const Maker& maker, Random& random) {
  constexpr std::uint32_t kCpus = 24;
  const Selection judged = JudgedRegisters();
  SnapshotBuilder builder;
  builder.metadata().Set(meta::kStage, "os");
  bool consistent = builder.OpenBlock(CpuSet{{0, kCpus - 1}});
  for (const auto& [leaf, mask] : judged.cpuid) {
    consistent = consistent && builder.AddCpuid(leaf, PartialCpuid{Answer(maker, leaf)});
  }
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    consistent = consistent && builder.OpenBlock(CpuSet(LogicalCpu{cpu}));
    for (const MsrAddress address : judged.msrs) {
      consistent = consistent && builder.AddMsr(address, SomeReading(random));
    }
  }
  if (!consistent) throw std::logic_error("the machine contradicts itself");
  return builder.Build();
}

// What is said of each CPU.
using Said = std::tuple<Outcome, std::string, std::string, std::optional<AccessCode>>;
std::map<LogicalCpu, Said> SaidOf(const std::vector<Finding>& findings) {
  std::map<LogicalCpu, Said> said;
  for (const Finding& finding : findings) {
    for (const LogicalCpu cpu : finding.cpus.ToVector()) {
      said[cpu] = {finding.outcome, finding.message, finding.remedy, finding.unread};
    }
  }
  return said;
}

bool HasSwitch(const Rule& rule) {
  for (const Parameter& parameter : rule.parameters) {
    if (parameter.name == "expect" && parameter.choices.size() > 1 &&
        parameter.choices[1] == "on") {
      return true;
    }
  }
  return false;
}

// Whether the rule judges each CPU by itself, if a profile says what it expects. One
// that takes a fault for an answer compares with equal CPUs.
bool JudgesEachCpu(const Rule& rule) {
  if (rule.fault_means_absent) return false;
  return (rule.check != nullptr && rule.judge == nullptr) || HasSwitch(rule);
}

TEST(Precedents, CpusAreJudgedAsEachWouldBeAlone) {
  Random random(17);  // NOLINT(cert-msc51-cpp): the same machines each time
  std::size_t judged = 0;
  for (int round = 0; round < 3; ++round) {
    for (const Maker& maker : kMakers) {
      const PlatformSnapshot machine = SomeMachine(maker, random);
      const VirtualizationVerdict verdict = JudgeVirtualization(machine);
      for (const Rule* const rule : AllRules()) {
        if (!JudgesEachCpu(*rule)) continue;
        Profile profile;
        if (HasSwitch(*rule)) profile.rules[std::string(rule->id)].settings["expect"] = "on";
        const auto together = SaidOf(JudgeRule(*rule, {machine, verdict, &profile}));
        for (const LogicalCpu cpu : machine.online().ToVector()) {
          const PlatformSnapshot alone = machine.RestrictedTo(CpuSet(cpu));
          const auto said = SaidOf(JudgeRule(*rule, {alone, verdict, &profile}));
          ASSERT_EQ(together.at(cpu), said.at(cpu)) << rule->id << " on CPU " << Number(cpu);
          judged += std::get<Outcome>(said.at(cpu)) == Outcome::kNotApplicable ? 0u : 1u;
        }
      }
    }
  }
  EXPECT_GT(judged, 1000u);
}

// A CPU that fails for the same reason as others is shown with what it read.
// HWCR[0] is SMMLOCK. [amd/apm-vol2] 15.32
TEST(Precedents, EvidenceIsOfAllCpusThatFail) {
  const std::string amd =
      "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0xa00f11 0x0 0x0 0x0\n";
  const auto findings = JudgeDump(
      "amd.hwcr.smmlock", "cpu 0\n" + amd + "msr 0xc0010015 = 0x10\ncpu 1\n" + amd +
                              "msr 0xc0010015 = 0x20\ncpu 2\n" + amd + "msr 0xc0010015 = 0x21\n");
  ASSERT_EQ(Outcomes(findings), "fail 0-1; pass 2");
  ASSERT_EQ(findings[0].evidence.size(), 2u);
  EXPECT_EQ(*findings[0].evidence[0].value, 0x10u);
  EXPECT_EQ(*findings[0].evidence[1].value, 0x20u);
}

Opinion CountsSmis(const CheckedCpu& cpu) {
  const bool any = registers::kSmiCount["SMI_COUNT"].IsSet(cpu[registers::kSmiCount]);
  return {any ? Outcome::kWarn : Outcome::kPass, any ? "Some." : "None."};
}

// Who uses the library may have rules of its own, about registers of which the
// project's say nothing.
TEST(Precedents, ARuleOfSomebodyElsesLooksAtItsOwnRegisters) {
  const Rule own{.id = "own.smi_count",
                 .title = "No SMI has come",
                 .spec = "own",
                 .msrs = {&registers::kSmiCount},
                 .check = CountsSmis};
  const std::string intel =
      "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x806f8 0x0 0x0 0x0\n";
  const auto machine = ParseDump("vtprobe-dump 1\ncpu 0,2\n" + intel + "msr 0x34 = 0x0\ncpu 1\n" +
                                 intel + "msr 0x34 = 0x7\n");
  ASSERT_TRUE(machine);
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  EXPECT_EQ(Outcomes(JudgeRule(own, {*machine, verdict})), "pass 0,2; warn 1");
}

}  // namespace
}  // namespace vtprobe
