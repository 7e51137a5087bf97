#include "virtualization/cases.h"

#include <stdexcept>

#include "vtprobe/hal/dump.h"

namespace vtprobe::cases {
namespace {

void Require(bool added) {
  if (!added) throw std::logic_error("a case says the same thing twice");
}

std::uint32_t Word(std::string_view text, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word |= std::uint32_t{static_cast<unsigned char>(text.at(at + i))} << (8 * i);
  }
  return word;
}

PartialCpuid Only(CpuidRegister reg, std::uint32_t value) {
  PartialCpuid answer{{value, value, value, value}, MaskOf(reg)};
  return answer.Masked(MaskOf(reg));
}

char Fact(bool recorded, bool set) { return !recorded ? '-' : set ? '1' : '0'; }

// The releases of AllHosts(), and what the tests use beside them.
char KernelFact(std::string_view kernel) {
  if (kernel.empty()) return '-';
  if (kernel == "5.5.19") return '<';
  if (kernel == "5.6.0" || kernel == "5.10.0-28-amd64") return '6';
  if (kernel == "5.11.0" || kernel == "5.12.19") return 'b';
  if (kernel == "5.13.0" || kernel.starts_with("6.")) return 'd';
  throw std::logic_error("a kernel of which the oracle is not told");
}

char Fact(std::optional<bool> bit) { return Fact(bit.has_value(), bit.value_or(false)); }

}  // namespace

const std::vector<Model>& AllModels() {
  static const std::vector<Model> models = {
      kSkylake,
      {"Yonah, the first family 6 part with VMX", "GenuineIntel", 0x6e8, 'V'},
      {"Prescott 2M, family F with VMX", "GenuineIntel", 0xf43, 'V'},
      {"family 12h, model 1", "GenuineIntel", 0x300f10, 'V'},
      {"family 13h, model 1", "GenuineIntel", 0x400f10, 'V'},
      {"486", "GenuineIntel", 0x480, 'o'},
      {"P54C", "GenuineIntel", 0x52c, 'o'},
      {"Pentium II", "GenuineIntel", 0x652, 'o'},
      {"Dothan, the last family 6 part without VMX", "GenuineIntel", 0x6d8, 'o'},
      {"Prescott, family F without VMX", "GenuineIntel", 0xf34, 'o'},
      kIsaiah,
      {"Centaur CNS", "CentaurHauls", 0x40672, 'V'},
      {"Zhaoxin KX-6000 under Centaur's name", "CentaurHauls", 0x307b2, 'V'},
      kWinChip,
      {"Samuel", "CentaurHauls", 0x663, 'o'},
      {"Ezra", "CentaurHauls", 0x678, 'o'},
      {"Nehemiah", "CentaurHauls", 0x698, 'o'},
      {"Esther", "CentaurHauls", 0x6a9, 'o'},
      {"Esther C7-D", "CentaurHauls", 0x6d0, 'o'},
      kZhaoxin,
      kNaples,
      {"K8 of revision F", "AuthenticAMD", 0x40f12, 'S'},
      {"Am486", "AuthenticAMD", 0x494, 'o'},
      {"K6-2", "AuthenticAMD", 0x58c, 'o'},
      {"K7", "AuthenticAMD", 0x6a0, 'o'},
      kHygon,
      kCorrupted,
      kUnknownMaker,
  };
  return models;
}

Cpu WithSwitch(const Model& model, std::uint64_t value) {
  Cpu cpu;
  cpu.model = model;
  cpu.vmx = model.maker == 'V';
  cpu.svm = model.maker == 'S';
  if (model.maker == 'S') cpu.svml = true;
  cpu.reading = value;
  return cpu;
}

Cpu Unread(const Model& model, AccessCode code) {
  Cpu cpu = WithSwitch(model, 0);
  cpu.reading = tl::unexpected(code);
  return cpu;
}

std::vector<MsrAddress> Switches(const Model& model) {
  if (model.vendor == "AuthenticAMD" || model.vendor == "HygonGenuine") return {kVmCr};
  if (model.maker == 'x') return {kFeatureControl, kVmCr};
  return {kFeatureControl};
}

std::vector<Host> AllHosts() {
  std::vector<Host> hosts;
  for (const std::string_view stage : {"", "pre-os", "os", "guest"}) {
    for (const std::string_view kernel : {"", "5.5.19", "5.6.0", "6.1.0-13-amd64"}) {
      for (const std::string_view kvm_intel : {"", "y", "m", "n"}) {
        for (const std::string_view measured : {"", "yes", "no"}) {
          hosts.push_back({stage, kernel, kvm_intel, measured});
          if (stage != "pre-os") continue;
          hosts.push_back({stage, kernel, kvm_intel, measured, "cold"});
          hosts.push_back({stage, kernel, kvm_intel, measured, "warm"});
        }
      }
    }
  }
  return hosts;
}

oracle::CpuFacts Facts(const Cpu& cpu) {
  oracle::CpuFacts facts;
  facts.maker = cpu.vendor_leaf ? cpu.model.maker : '-';
  // A family that was not read gates nothing.
  if (facts.maker == 'o' && !cpu.signature) {
    facts.maker = Switches(cpu.model) == std::vector{kVmCr} ? 'S' : 'V';
  }
  facts.vmx = Fact(cpu.features, cpu.vmx);
  facts.hypervisor = Fact(cpu.features, cpu.hypervisor);
  facts.hypervisor_leaf =
      Fact(cpu.hypervisor_leaf.has_value(), cpu.hypervisor_leaf.value_or(0) >= 0x4000'0000);
  if (cpu.hosted != nullptr) {
    facts.hypervisor_leaf = '1';
    facts.partition = cpu.hosted->partition;
  }
  facts.svm = Fact(cpu.svm);
  facts.svml = Fact(cpu.svml);
  facts.sgx_lc = Fact(cpu.sgx_lc);
  // A leaf above the highest one is not there, and offers nothing.
  if (cpu.max_extended && *cpu.max_extended < kExtendedFeatureLeaf.leaf) facts.svm = '0';
  if (cpu.max_extended && *cpu.max_extended < kSvmLeaf.leaf) facts.svml = '0';
  if (cpu.reading && *cpu.reading) {
    facts.reading = 'v';
    facts.value = **cpu.reading;
  } else if (cpu.reading && cpu.reading->error() == AccessCode::kGeneralProtection) {
    facts.reading = 'g';
  }
  return facts;
}

oracle::HostFacts Facts(const Host& host) {
  oracle::HostFacts facts;
  if (!host.stage.empty()) facts.stage = host.stage.front();
  facts.kernel = KernelFact(host.kernel);
  if (!host.boot.empty()) facts.boot = host.boot.front();
  if (!host.kvm_intel.empty()) facts.kvm_intel = host.kvm_intel == "n" ? '0' : '1';
  if (!host.measured_launch.empty()) {
    facts.measured_launch = host.measured_launch == "yes" ? '1' : '0';
  }
  return facts;
}

void AddReadings(const Cpu& cpu, SnapshotBuilder* builder) {
  if (cpu.vendor_leaf) {
    const std::string_view name = cpu.model.vendor;
    Require(builder->AddCpuid(kVendorLeaf,
                              PartialCpuid{{0x16, Word(name, 0), Word(name, 8), Word(name, 4)}}));
  }
  PartialCpuid leaf1{{}, 0};
  if (cpu.signature) {
    leaf1.registers.eax = cpu.model.signature;
    leaf1.recorded = MaskOf(CpuidRegister::kEax);
  }
  if (cpu.features) {
    leaf1.registers.ecx =
        (cpu.vmx ? 1u << 5 : 0) | (cpu.smx ? 1u << 6 : 0) | (cpu.hypervisor ? 1u << 31 : 0);
    leaf1.recorded = static_cast<CpuidRegisterMask>(leaf1.recorded | MaskOf(CpuidRegister::kEcx));
  }
  if (leaf1.recorded != 0) Require(builder->AddCpuid(kFeatureLeaf, leaf1));
  if (cpu.sgx_lc) {
    Require(
        builder->AddCpuid(kExtendedLeaf, Only(CpuidRegister::kEcx, *cpu.sgx_lc ? 1u << 30 : 0)));
  }
  if (cpu.hosted != nullptr) {
    const std::string_view name = cpu.hosted->signature;
    Require(builder->AddCpuid(
        kHypervisorLeaf, PartialCpuid{{0x4000'000c, Word(name, 0), Word(name, 4), Word(name, 8)}}));
    Require(builder->AddCpuid({cpu.hosted->leaf, 0},
                              PartialCpuid{{cpu.hosted->eax, cpu.hosted->ebx, 0, 0}}));
  } else if (cpu.hypervisor_leaf) {
    Require(builder->AddCpuid(kHypervisorLeaf, PartialCpuid{{*cpu.hypervisor_leaf, 0, 0, 0}}));
  }
  if (cpu.max_extended) {
    Require(builder->AddCpuid(kMaxExtendedLeaf, Only(CpuidRegister::kEax, *cpu.max_extended)));
  }
  if (cpu.svm) {
    Require(
        builder->AddCpuid(kExtendedFeatureLeaf, Only(CpuidRegister::kEcx, *cpu.svm ? 1u << 2 : 0)));
  }
  if (cpu.svml) {
    Require(builder->AddCpuid(kSvmLeaf, Only(CpuidRegister::kEdx, *cpu.svml ? 1u << 2 : 0)));
  }
  if (cpu.reading) {
    for (const MsrAddress address : Switches(cpu.model)) {
      Require(builder->AddMsr(address, *cpu.reading));
    }
  }
}

void SetMetadata(const Host& host, Metadata* metadata) {
  // An empty value is not kept.
  metadata->Set(meta::kStage, host.stage);
  metadata->Set(meta::kKernel, host.kernel);
  metadata->Set(meta::kKvmIntel, host.kvm_intel);
  metadata->Set(meta::kMeasuredLaunch, host.measured_launch);
  metadata->Set(meta::kBoot, host.boot);
}

PlatformSnapshot Machine(const std::vector<Cpu>& cpus, const Host& host) {
  SnapshotBuilder builder;
  SetMetadata(host, &builder.metadata());
  std::uint32_t number = 0;
  for (const Cpu& cpu : cpus) {
    Require(builder.OpenBlock(CpuSet(LogicalCpu{number++})));
    AddReadings(cpu, &builder);
  }
  return builder.Build();
}

std::string Reproduce(const PlatformSnapshot& snapshot) {
  std::string line = "printf '";
  for (const char c : WriteDump(snapshot)) {
    if (c == '\n') {
      line += "\\n";
    } else {
      line += c;
    }
  }
  return line + "' | vtprobe --replay -";
}

std::string Words(const oracle::CpuAnswer& answer) {
  std::string words;
  for (const std::string_view word : {Name(answer.state), Name(answer.usable),
                                      Name(answer.attribution), Name(answer.technology)}) {
    words += words.empty() ? "" : " ";
    words += word;
  }
  return words;
}

}  // namespace vtprobe::cases
