// Any machine, written as another program would write it, comes back as it
// was: nothing lost, nothing added.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "struct_support.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/import/recording.h"

namespace vtprobe::import {
namespace {

using Json = nlohmann::ordered_json;
using Leaves = std::map<CpuidLeaf, PartialCpuid>;
using Msrs = std::map<MsrAddress, MsrReading>;

struct Cpu {
  Leaves leaves;
  Msrs msrs;
};
using Machine = std::map<std::uint32_t, Cpu>;

// Numbers of all sizes: rapidcheck's own stay small.
template <typename Unsigned>
rc::Gen<Unsigned> AnyNumber() {
  return rc::gen::oneOf(rc::gen::arbitrary<Unsigned>(), rc::gen::inRange<Unsigned>(0, 16),
                        rc::gen::just(static_cast<Unsigned>(~Unsigned{0})));
}

rc::Gen<std::vector<std::uint32_t>> FewOf(const rc::Gen<std::uint32_t>& number) {
  return rc::gen::resize(20, rc::gen::unique<std::vector<std::uint32_t>>(number));
}

rc::Gen<PartialCpuid> AnyAnswer() {
  return rc::gen::map(
      rc::gen::tuple(AnyNumber<std::uint32_t>(), AnyNumber<std::uint32_t>(),
                     AnyNumber<std::uint32_t>(), AnyNumber<std::uint32_t>()),
      [](const auto& t) {
        return PartialCpuid{{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t)}};
      });
}

rc::Gen<Leaves> AnyLeaves() {
  const auto leaf = rc::gen::map(
      rc::gen::pair(AnyNumber<std::uint32_t>(), AnyNumber<std::uint32_t>()), [](const auto& p) {
        return CpuidLeaf{p.first, p.second};
      });
  return rc::gen::container<Leaves>(leaf, AnyAnswer());
}

rc::Gen<Msrs> AnyMsrs() {
  return rc::gen::container<Msrs>(
      rc::gen::map(AnyNumber<std::uint32_t>(), [](std::uint32_t n) { return MsrAddress{n}; }),
      rc::gen::map(AnyNumber<std::uint64_t>(), [](std::uint64_t n) { return MsrReading(n); }));
}

PlatformSnapshot SnapshotOf(const Machine& machine) {
  SnapshotBuilder builder;
  for (const auto& [number, cpu] : machine) {
    RC_ASSERT(builder.OpenBlock(CpuSet(LogicalCpu{number})));
    for (const auto& [leaf, answer] : cpu.leaves) RC_ASSERT(builder.AddCpuid(leaf, answer));
    for (const auto& [address, reading] : cpu.msrs) RC_ASSERT(builder.AddMsr(address, reading));
  }
  return builder.Build();
}

// A file without one reading is refused.
void MustBe(const Machine& machine, const tl::expected<Imported, Error>& imported) {
  const bool is_empty = std::all_of(machine.begin(), machine.end(), [](const auto& row) {
    return row.second.leaves.empty() && row.second.msrs.empty();
  });
  RC_ASSERT(imported.has_value() != is_empty);
  if (imported) RC_ASSERT(Body(imported->snapshot) == Body(SnapshotOf(machine)));
}

void MustComeBack(std::vector<Input> inputs, const Machine& machine) {
  MustBe(machine, ReadRecording(std::move(inputs), nullptr, {}));
}

RC_GTEST_PROP(HwlocProperty, ComesBack, ()) {
  const auto cpu_number = rc::gen::inRange<std::uint32_t>(0, kMaxCpuNumber + 1);
  Machine machine;
  for (const std::uint32_t number : *rc::gen::nonEmpty(FewOf(cpu_number))) {
    machine[number].leaves = *AnyLeaves();
  }
  machine.begin()->second.leaves.emplace(CpuidLeaf{0, 0}, PartialCpuid{});

  std::vector<Input> inputs;
  for (const auto& [number, cpu] : machine) {
    std::string text = "# mask e[abcd]x => e[abcd]x\n";
    for (const auto& [leaf, answer] : cpu.leaves) {
      // Where ECX is no input, its column may hold anything.
      const bool has_subleaf = leaf.subleaf != 0 || *rc::gen::arbitrary<bool>();
      const auto ecx = has_subleaf ? leaf.subleaf : *AnyNumber<std::uint32_t>();
      const CpuidRegisters& r = answer.registers;
      text += fmt::format("{} {:x} 0 {:x} 0 => {:x} {:x} {:x} {:x}\n", has_subleaf ? 5 : 1,
                          leaf.leaf, ecx, r.eax, r.ebx, r.ecx, r.edx);
    }
    inputs.push_back({fmt::format("machine/pu{}", number), text});
  }
  const auto start =
      *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(inputs.size()));
  std::rotate(inputs.begin(), inputs.begin() + start, inputs.end());
  MustComeBack(std::move(inputs), machine);
}

RC_GTEST_PROP(FirecrackerFingerprintProperty, ComesBack, ()) {
  Machine machine;
  Cpu& cpu = machine[0];
  cpu = {*AnyLeaves(), *AnyMsrs()};

  Json config = {{"kvm_capabilities", Json::array()},
                 {"cpuid_modifiers", Json::array()},
                 {"msr_modifiers", Json::array()}};
  for (auto& [leaf, answer] : cpu.leaves) {
    Json modifiers = Json::array();
    const auto omitted = static_cast<CpuidRegisterMask>(*rc::gen::inRange(0, 8));
    answer = answer.Masked(static_cast<CpuidRegisterMask>(kAllCpuidRegisters & ~omitted));
    for (const auto& [reg, name] :
         {std::pair{CpuidRegister::kEax, "eax"}, std::pair{CpuidRegister::kEbx, "ebx"},
          std::pair{CpuidRegister::kEcx, "ecx"}, std::pair{CpuidRegister::kEdx, "edx"}}) {
      if (!answer.Has(reg)) continue;
      modifiers.push_back(
          {{"register", name}, {"bitmap", fmt::format("0b{:032b}", answer.Get(reg))}});
    }
    config["cpuid_modifiers"].push_back({{"leaf", fmt::format("{:#x}", leaf.leaf)},
                                         {"subleaf", fmt::format("{:#x}", leaf.subleaf)},
                                         {"flags", 0},
                                         {"modifiers", modifiers}});
  }
  for (const auto& [address, reading] : cpu.msrs) {
    config["msr_modifiers"].push_back({{"addr", fmt::format("{:#x}", Number(address))},
                                       {"bitmap", fmt::format("0b{:064b}", reading.value())}});
  }
  const Json root = *rc::gen::arbitrary<bool>()
                        ? Json{{"firecracker_version", "1"}, {"guest_cpu_config", config}}
                        : config;
  MustComeBack({{"x.json", root.dump(*rc::gen::inRange(-1, 4))}}, machine);
}

RC_GTEST_PROP(FirecrackerCsvProperty, ComesBack, ()) {
  Machine machine;
  machine[0].msrs = *AnyMsrs();
  std::string text = "MSR_ADDR,VALUE\n";
  for (const auto& [address, reading] : machine[0].msrs) {
    text += fmt::format("{:#x},{:#x}\n", Number(address), reading.value());
  }
  MustComeBack({{"x.csv", text}}, machine);
}

// A call made several times, newest answer first as chipsec writes it.
Json Answers(const std::string& first) {
  Json answers = *rc::gen::element(Json::array(), Json{"None"}, Json{"(1, 2)", "?"});
  answers.push_back(first);
  return answers;
}

RC_GTEST_PROP(ChipsecProperty, ComesBack, ()) {
  Machine machine;
  const auto cpu_number = rc::gen::inRange<std::uint32_t>(0, kMaxCpuNumber + 1);
  for (const std::uint32_t number : *FewOf(cpu_number)) {
    Msrs msrs = *rc::gen::resize(20, AnyMsrs());
    for (auto& [address, reading] : msrs) {
      const auto failure = *rc::gen::element(AccessCode::kGeneralProtection, AccessCode::kIo,
                                             AccessCode::kPermissionDenied);
      if (*rc::gen::arbitrary<bool>()) reading = tl::unexpected(failure);
    }
    if (!msrs.empty()) machine[number].msrs = std::move(msrs);
  }
  Leaves leaves = *AnyLeaves();

  Json root = {{"EFI_supported", {{"()", {"True"}}}}};
  Json& cpuid = root["cpuid"] = Json::object();
  for (const auto& [leaf, answer] : leaves) {
    const CpuidRegisters& r = answer.registers;
    cpuid[fmt::format("({},{})", leaf.leaf, leaf.subleaf)] =
        Answers(fmt::format("({}, {}, {}, {})", r.eax, r.ebx, r.ecx, r.edx));
  }
  Json& read_msr = root["read_msr"] = Json::object();
  for (const auto& [number, cpu] : machine) {
    for (const auto& [address, reading] : cpu.msrs) {
      std::string answer = "!! <class 'OSError'>: [Errno 5] Input/output error";
      if (reading) {
        answer = fmt::format("({}, {})", *reading & 0xffff'ffff, *reading >> 32);
      } else if (reading.error() == AccessCode::kIo) {
        answer = "!! <class 'NotImplementedError'>: ";
      } else if (reading.error() == AccessCode::kPermissionDenied) {
        answer = "!! <class 'PermissionError'>: [Errno 13] Permission denied: '/dev/cpu/0/msr'";
      }
      read_msr[fmt::format("({},{})", number, Number(address))] = Answers(answer);
    }
  }
  const std::uint32_t lowest = machine.empty() ? 0 : machine.begin()->first;
  if (!leaves.empty()) machine[lowest].leaves = std::move(leaves);
  const std::string text = root.dump(*rc::gen::inRange(-1, 4));
  const std::array files = {File{"x.json", text}};
  MustBe(machine, kChipsec.import(files, {}));
}

// Whatever is done to a file, it is read or refused.
RC_GTEST_PROP(StructProperty, DamageIsReadOrRefused, ()) {
  std::string text = *rc::gen::element<std::string>(
      "# mask e[abcd]x => e[abcd]x\n5 4 0 1 0 => 1c004122 1c0003f 3f 0\n",
      R"json({"cpuid_modifiers":[{"leaf":"0x1","subleaf":"0x0","flags":0,"modifiers":[{"register":"eax","bitmap":"0b1x"}]}],"msr_modifiers":[{"addr":"0x10","bitmap":"0b0_1"}]})json",
      R"json({"read_msr":{"(0,58)":["(5, 0)","None"]},"cpuid":{"(1,0)":["(1, 2, 3, 4)"]}})json",
      "MSR_ADDR,VALUE\n0x10,0x1\n0x3a,0x5\n");
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto with = *rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::arbitrary<char>(), rc::gen::element<char>('"', '{', '[', ',', ' ')));
    text.replace(at, *rc::gen::inRange<std::size_t>(0, 4), with);
  }
  for (const Importer* const importer : AllImporters()) {
    static_cast<void>(ReadRecording({{"pu0", text}}, importer, {}));
  }
  static_cast<void>(ReadRecording({{"pu0", text}}, nullptr, {}));
}

}  // namespace
}  // namespace vtprobe::import
