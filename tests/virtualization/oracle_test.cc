// The oracle is tested for one thing only: that none of its rows is idle. A row
// which no case reaches is a sentence of the decision tables that the other
// tests do not hold the engine to.

#include "virtualization/oracle.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "virtualization/cases.h"
#include "virtualization/enumeration.h"

namespace vtprobe::cases {
namespace {

TEST(Oracle, EveryRowDecidesSomething) {
  oracle::Oracle oracle;
  const oracle::CpuAnswer usable = oracle.OfCpu(Facts(WithSwitch(kSkylake, 5)), {});
  const oracle::CpuAnswer failing = oracle.OfCpu(Facts(WithSwitch(kSkylake, 1)), {});
  const std::vector<Dimension> dimensions = {
      Each<Model>(&Cpu::model, {kSkylake, kNaples, kCorrupted, kWinChip}),
      Both(&Cpu::vendor_leaf),
      Both(&Cpu::features),
      Both(&Cpu::vmx),
      Both(&Cpu::hypervisor),
      Each<std::optional<std::uint32_t>>(&Cpu::hypervisor_leaf, {std::nullopt, 0x4000'0000}),
      BothOrUnread(&Cpu::svm),
      BothOrUnread(&Cpu::svml),
      BothOrUnread(&Cpu::sgx_lc),
      Each<const Hosted*>(&Cpu::hosted, {nullptr, &kHostedSystems[0]}),
      Readings({0, 1, 3, 5, 7, 8, 0x10, 0x18, 0x20005, 0x8005, 0x40005})};
  for (const Host& host : {Host{}, Host{"pre-os", "", "", ""}, Host{"pre-os", "", "", "", "cold"},
                           Host{"os", "5.5.19", "y", "no"}, Host{"os", "5.6.0", "y", "no"},
                           Host{"os", "5.12.19", "y", "no"}, Host{"os", "6.1.0", "y", "no"},
                           Host{"guest", "6.1.0", "n", "yes"}}) {
    ForEveryCpu(dimensions, [&](const Cpu& cpu) {
      const oracle::CpuAnswer answer = oracle.OfCpu(Facts(cpu), Facts(host));
      oracle.OfHost({answer});
      oracle.OfHost({answer, usable});
      oracle.OfHost({answer, failing});
    });
  }

  for (const oracle::Table table : oracle::kAllTables) {
    const auto sentences = Sentences(table);
    const auto& uses = oracle.Uses(table);
    ASSERT_EQ(uses.size(), sentences.size()) << Name(table);
    for (std::size_t i = 0; i < uses.size(); ++i) {
      EXPECT_GT(uses[i], 0u) << Name(table) << ": " << sentences[i];
    }
  }
}

}  // namespace
}  // namespace vtprobe::cases
