// Each register's requirement against a second statement of the manuals, by
// address and by numbers: on CPUs of every maker, family and model, and for all
// combinations of the bits that a requirement looks at.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::registers {
namespace {

constexpr std::uint32_t kMtrrcap = 0xfe;

// A CPU that has all that CPUID and MSRs can tell of, but for what is cleared.
struct Cpu {
  Vendor maker = Vendor::kOther;
  std::uint32_t family = 0;
  std::uint32_t model = 0;
  std::map<std::pair<CpuidLeaf, CpuidRegister>, std::uint32_t> no_cpuid{};
  std::map<std::uint32_t, std::uint64_t> no_msr{};

  bool Cpuid(std::uint32_t leaf, CpuidRegister output, unsigned bit,
             std::uint32_t subleaf = 0) const {
    const auto found = no_cpuid.find({CpuidLeaf{leaf, subleaf}, output});
    return found == no_cpuid.end() || (found->second >> bit & 1) == 0;
  }
  std::uint64_t Value(std::uint32_t address) const {
    const auto found = no_msr.find(address);
    return found == no_msr.end() ? ~std::uint64_t{0} : ~found->second;
  }
  bool IsOneOf(std::initializer_list<std::uint32_t> models) const {
    return std::find(models.begin(), models.end(), model) != models.end();
  }
};

std::optional<bool> Stated(std::uint32_t address, const Cpu& cpu);

bool IsThere(std::uint32_t address, const Cpu& cpu) { return Stated(address, cpu).value(); }

bool MsrBit(const Cpu& cpu, std::uint32_t address, unsigned bit) {
  return IsThere(address, cpu) && (cpu.Value(address) >> bit & 1) != 0;
}

// [intel/sdm-vol4] table 2-1 and the tables that follow it, by display model.
namespace models {

bool NehalemOnwardsClient(const Cpu& c) {
  if (c.family == 0x12) return c.model == 1 || c.model == 3;
  return c.family == 6 &&
         c.IsOneOf({0x1e, 0x1f, 0x25, 0x2a, 0x3a, 0x3c, 0x45, 0x46, 0x3d, 0x47, 0x4e, 0x5e, 0x8e,
                    0x9e, 0x66, 0xa5, 0xa6, 0x7d, 0x7e, 0x9d, 0x8a, 0x8c, 0x8d, 0xa7, 0x97, 0x9a,
                    0xb7, 0xba, 0xbf, 0xaa, 0xac, 0xb5, 0xc5, 0xc6, 0xbd, 0xd7, 0xcc, 0xd5});
}
bool NehalemOnwardsServer(const Cpu& c) {
  if (c.family == 0x13) return c.model == 1;
  return c.family == 6 && c.IsOneOf({0x1a, 0x2e, 0x2c, 0x2f, 0x2d, 0x3e, 0x3f, 0x4f, 0x56, 0x55,
                                     0x6a, 0x6c, 0x8f, 0xcf, 0xad, 0xae});
}
bool Silvermont(const Cpu& c) {
  return c.family == 6 && c.IsOneOf({0x37, 0x4a, 0x4d, 0x5a, 0x5d, 0x4c, 0x75});
}
bool GoldmontOnwards(const Cpu& c) {
  return c.family == 6 && c.IsOneOf({0x5c, 0x5f, 0x7a, 0x86, 0x96, 0x9c, 0xbe, 0xaf, 0xb6, 0xdd});
}
bool KnightsLanding(const Cpu& c) { return c.family == 6 && c.IsOneOf({0x57, 0x85}); }
bool BeforeSandyBridge(const Cpu& c) {
  return c.family == 6 && c.IsOneOf({0x1e, 0x1f, 0x25, 0x1a, 0x2e, 0x2c, 0x2f});
}

}  // namespace models

// What the manuals say of an address. Nothing of one that has no second statement
// here.
std::optional<bool> Stated(std::uint32_t address, const Cpu& c) {
  using enum CpuidRegister;
  const bool intel = c.maker == Vendor::kIntel;
  const bool intels = intel || c.maker == Vendor::kCentaur || c.maker == Vendor::kZhaoxin;
  const bool amds = c.maker == Vendor::kAmd || c.maker == Vendor::kHygon;
  const bool any = intels || amds;
  const bool vmx = intels && c.Cpuid(1, kEcx, 5);
  if (address >= 0x200 && address <= 0x213) {
    return IsThere(kMtrrcap, c) && (c.Value(kMtrrcap) & 0xff) > (address - 0x200) / 2;
  }
  if (address >= 0x480 && address <= 0x48a) return vmx;
  if (address >= 0x48d && address <= 0x490) return MsrBit(c, 0x480, 55);
  switch (address) {
    case 0x3a:
      return vmx || (intels && (c.Cpuid(1, kEcx, 6) || c.Cpuid(7, kEbx, 2)));
    case 0x48:
      return any && (c.Cpuid(7, kEdx, 26) || c.Cpuid(7, kEdx, 27) || c.Cpuid(7, kEdx, 31) ||
                     c.Cpuid(0x8000'0008, kEbx, 14) || c.Cpuid(0x8000'0008, kEbx, 15) ||
                     c.Cpuid(0x8000'0008, kEbx, 24));
    case 0x4e:
    case 0x4f: {
      const bool xeon = c.family == 6 && c.IsOneOf({0x3e, 0x3f, 0x4f, 0x56, 0x55, 0x6a, 0x6c, 0x8f,
                                                    0xcf, 0xad, 0xae, 0x57, 0x85});
      const bool told = (xeon || (c.family == 0x13 && c.model == 1)) && MsrBit(c, 0xce, 23);
      return intel && (c.Cpuid(7, kEbx, 0, 1) || told);
    }
    case 0x8b:
      return any;
    case 0xbc:
      return MsrBit(c, 0x10a, 10);
    case 0xbd:
      return MsrBit(c, 0x10a, 21);
    case 0xce:
      return intel &&
             (models::NehalemOnwardsClient(c) || models::NehalemOnwardsServer(c) ||
              models::Silvermont(c) || models::GoldmontOnwards(c) || models::KnightsLanding(c));
    case 0xe2:
      return intel && (models::NehalemOnwardsClient(c) || models::NehalemOnwardsServer(c) ||
                       models::Silvermont(c) || models::GoldmontOnwards(c));
    case kMtrrcap:
    case 0x2ff:
      return any && c.Cpuid(1, kEdx, 12);
    case 0x10a:
      return intels && c.Cpuid(7, kEdx, 29);
    case 0x120:  // coreboot: Apollo Lake, Gemini Lake and Denverton
      return intel && c.family == 6 && c.IsOneOf({0x5c, 0x7a, 0x5f});
    case 0x151: {  // coreboot: Cannon Lake and later; Goldmont has it elsewhere
      const bool earlier =
          models::BeforeSandyBridge(c) ||
          (c.family == 6 && c.IsOneOf({0x2a, 0x3a, 0x3c, 0x45, 0x46, 0x3d, 0x47, 0x4e, 0x5e}));
      const bool kaby_lake = c.family == 6 && c.IsOneOf({0x8e, 0x9e});  // stepping 4, as asked here
      const bool client = models::NehalemOnwardsClient(c) && !earlier && !kaby_lake;
      const bool server = (c.family == 6 && c.IsOneOf({0x8f, 0xcf, 0xad, 0xae})) ||
                          (c.family == 0x13 && c.model == 1);
      const bool atom = c.family == 6 && c.IsOneOf({0x96, 0x9c, 0xbe, 0x86, 0xaf, 0xb6, 0xdd});
      return intel && (client || server || atom);
    }
    case 0x179:
      return any && c.Cpuid(1, kEdx, 14);
    case 0x1a0:  // not P6 processors
      if (intel && c.family == 6 && c.IsOneOf({1, 3, 5, 6, 7, 8, 0xa, 0xb})) return false;
      return intels && c.family >= 6;
    case 0x1f2:
    case 0x1f3:  // Core 2 has others, the first Atoms none
      return intel && MsrBit(c, kMtrrcap, 11) &&
             !(c.family == 6 && c.IsOneOf({0xf, 0x16, 0x17, 0x1d, 0x1c, 0x26, 0x27, 0x35, 0x36}));
    case 0x1f5:
    case 0x1fb:
      return intel && MsrBit(c, kMtrrcap, 12);
    case 0x2a1:  // servers, whose sockets know of each other's
    case 0x2a2:
    case 0x2a3:
    case 0x2a4:
    case 0x2a5:
    case 0x2a6:
    case 0x2a7: {
      const bool server =
          (c.family == 6 && c.IsOneOf({0x6a, 0x6c, 0x8f, 0xcf, 0xad, 0xae, 0xaf, 0xb6, 0xdd})) ||
          (c.family == 0x13 && c.model == 1);
      return intel && server && MsrBit(c, kMtrrcap, 12);
    }
    case 0x87:
    case 0x1400:
    case 0x1401:
      return intel && MsrBit(c, kMtrrcap, 15);
    case 0x250:
    case 0x258:
    case 0x259:
    case 0x268:
    case 0x269:
    case 0x26a:
    case 0x26b:
    case 0x26c:
    case 0x26d:
    case 0x26e:
    case 0x26f:
      return MsrBit(c, kMtrrcap, 8);
    case 0x2e7:
      return intel && !models::BeforeSandyBridge(c) &&
             (models::NehalemOnwardsClient(c) || models::NehalemOnwardsServer(c));
    case 0x48b:
      return MsrBit(c, 0x482, 63);
    case 0x48c:
      return MsrBit(c, 0x48b, 33) || MsrBit(c, 0x48b, 37);
    case 0x491:
      return MsrBit(c, 0x48b, 45);
    case 0x492:
      return MsrBit(c, 0x482, 49);
    case 0x4e0: {  // not of servers, which have it in the uncore
      const bool client = models::NehalemOnwardsClient(c) && !models::BeforeSandyBridge(c) &&
                          !(c.family == 6 && c.IsOneOf({0x2a, 0x3a}));
      const bool atom = c.family == 6 && c.IsOneOf({0x5c, 0x5f, 0x7a, 0x96, 0x9c, 0xbe});
      return intel && (client || atom);
    }
    case 0x610:
      return intel && !models::BeforeSandyBridge(c) &&
             (models::NehalemOnwardsClient(c) || models::NehalemOnwardsServer(c) ||
              models::Silvermont(c) || models::GoldmontOnwards(c) || models::KnightsLanding(c));
    case 0x981:
    case 0x982:
      return intel && c.Cpuid(7, kEcx, 13);
    case 0xc80:
      return intels && c.Cpuid(1, kEcx, 11);
    case 0xc000'0080:
      return any && (c.Cpuid(0x8000'0001, kEdx, 20) || c.Cpuid(0x8000'0001, kEdx, 29));
    case 0xc001'0015:  // since K7
      return amds && c.family >= 6;
    case 0xc001'0010:
    case 0xc001'001a:
    case 0xc001'001d:
    case 0xc001'0112:
    case 0xc001'0113:
      return amds && c.family >= 0xf;
    case 0xc001'0114:
      return amds && c.Cpuid(0x8000'0001, kEcx, 2);
    case 0xc001'0118:
      return amds && c.Cpuid(0x8000'000a, kEdx, 2);
    case 0xc001'0131:
      return amds && c.Cpuid(0x8000'001f, kEax, 1);
    case 0xc001'0132:
    case 0xc001'0133:
      return amds && c.Cpuid(0x8000'001f, kEax, 4);
    case 0xc001'0136:
      return amds && c.Cpuid(0x8000'001f, kEax, 4) && c.Cpuid(0x8000'001f, kEax, 23);
    case 0xc001'02f1:
      return amds && c.Cpuid(0x8000'0008, kEbx, 23);
    default:
      return std::nullopt;
  }
}

// What such a CPU answers. The MSR that is asked about was not read yet.
class View final : public RegisterView {
 public:
  View(const Cpu& cpu, std::uint32_t unread) : cpu_(cpu), unread_(unread) {}

  MsrReading Msr(MsrAddress address) const override {
    if (Number(address) == unread_ || !IsThere(Number(address), cpu_)) {
      return tl::unexpected(AccessCode::kNotRecorded);
    }
    return cpu_.Value(Number(address));
  }
  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    if (leaf == CpuidLeaf{0}) return PartialCpuid{VendorLeaf()};
    CpuidRegisters answer{Output(leaf, CpuidRegister::kEax), Output(leaf, CpuidRegister::kEbx),
                          Output(leaf, CpuidRegister::kEcx), Output(leaf, CpuidRegister::kEdx)};
    if (leaf == CpuidLeaf{1}) answer.eax = Signature();
    return PartialCpuid{answer};
  }

 private:
  CpuidRegisters VendorLeaf() const {
    switch (cpu_.maker) {
      case Vendor::kIntel:
        return {0x40, 0x756e6547, 0x6c65746e, 0x49656e69};
      case Vendor::kAmd:
        return {0x40, 0x68747541, 0x444d4163, 0x69746e65};
      case Vendor::kHygon:
        return {0x40, 0x6f677948, 0x656e6975, 0x6e65476e};
      case Vendor::kCentaur:
        return {0x40, 0x746e6543, 0x736c7561, 0x48727561};
      case Vendor::kZhaoxin:
        return {0x40, 0x68532020, 0x20206961, 0x68676e61};
      case Vendor::kOther:
        break;
    }
    return {0x40, 0x20202020, 0x20202020, 0x20202020};
  }
  // Steppings below 10 of models 8EH and 9EH are Kaby Lake.
  std::uint32_t Signature() const {
    const std::uint32_t base = std::min(cpu_.family, 0xfu);
    return (cpu_.family - base) << 20 | (cpu_.model >> 4) << 16 | base << 8 |
           (cpu_.model & 0xf) << 4 | 4;
  }
  std::uint32_t Output(CpuidLeaf leaf, CpuidRegister output) const {
    const auto found = cpu_.no_cpuid.find({leaf, output});
    return found == cpu_.no_cpuid.end() ? ~0u : ~found->second;
  }

  const Cpu& cpu_;
  std::uint32_t unread_;
};

constexpr Vendor kMakers[] = {Vendor::kIntel,   Vendor::kAmd,     Vendor::kHygon,
                              Vendor::kCentaur, Vendor::kZhaoxin, Vendor::kOther};

// Whether the two statements agree of a CPU. What is not known because an MSR is
// not there can't be present.
void Compare(const MsrDef& msr, const Cpu& cpu) {
  const Presence presence = PresenceOf(View(cpu, Number(msr.address)), msr);
  const bool is_there = IsThere(Number(msr.address), cpu);
  if (presence == (is_there ? Presence::kPresent : Presence::kAbsent)) return;
  ADD_FAILURE() << msr.name << " of maker " << static_cast<int>(cpu.maker) << " family "
                << cpu.family << " model " << cpu.model << ": " << is_there;
}

std::vector<const MsrDef*> StatedTwice() {
  std::vector<const MsrDef*> msrs;
  for (const MsrDef* const msr : AllMsrs()) {
    if (Stated(Number(msr->address), Cpu())) msrs.push_back(msr);
  }
  EXPECT_GE(msrs.size(), 99u);
  return msrs;
}

TEST(Presence, IsTheManualsOnEveryModel) {
  for (const MsrDef* const msr : StatedTwice()) {
    for (const Vendor maker : kMakers) {
      for (const std::uint32_t family :
           {4u, 5u, 6u, 7u, 0xbu, 0xfu, 0x10u, 0x12u, 0x13u, 0x17u, 0x18u, 0x19u, 0x1au}) {
        // Below family 6 there is no extended model.
        for (std::uint32_t model = 0; model < (family < 6 ? 0x10u : 0x100u); ++model) {
          Compare(*msr, {.maker = maker, .family = family, .model = model});
        }
      }
    }
  }
}

// Where CPUID does not announce it (leaf 7.1, EBX[0]), the models decide.
TEST(Presence, OfPpinWithoutItsCpuidBitIsThatOfTheModels) {
  for (const std::uint32_t address : {0x4eu, 0x4fu}) {
    for (const std::uint32_t family : {6u, 0x13u}) {
      for (std::uint32_t model = 0; model < 0x100; ++model) {
        Cpu cpu{.maker = Vendor::kIntel, .family = family, .model = model};
        cpu.no_cpuid[{CpuidLeaf{7, 1}, CpuidRegister::kEbx}] = 1;
        Compare(*FindMsr(MsrAddress{address}), cpu);
      }
    }
  }
}

// The bits that a requirement looks at, by way of others too.
void AddBits(const Requirement& requirement, std::vector<Requirement::Node>* bits) {
  for (const auto& node : requirement.nodes()) {
    if (node.kind == Requirement::Node::Kind::kCpuid) bits->push_back(node);
    if (node.kind == Requirement::Node::Kind::kMsr) {
      bits->push_back(node);
      AddBits(FindMsr(MsrAddress{node.at})->present->requirement, bits);
    }
  }
}

TEST(Presence, IsTheManualsForEveryCombinationOfBits) {
  for (const MsrDef* const msr : StatedTwice()) {
    std::vector<Requirement::Node> bits;
    AddBits(msr->present->requirement, &bits);
    ASSERT_LT(bits.size(), 12u);
    for (const Vendor maker : kMakers) {
      for (const auto& [family, model] : {std::pair{6u, 0x8fu}, {6u, 0x0fu}, {0x19u, 0x1u}}) {
        for (unsigned cleared = 0; cleared < 1u << bits.size(); ++cleared) {
          Cpu cpu{.maker = maker, .family = family, .model = model};
          for (std::size_t i = 0; i < bits.size(); ++i) {
            if ((cleared >> i & 1) == 0) continue;
            const auto& bit = bits[i];
            if (bit.kind == Requirement::Node::Kind::kMsr) {
              cpu.no_msr[bit.at] |= bit.mask();
            } else {
              cpu.no_cpuid[{bit.leaf(), bit.output}] |= static_cast<std::uint32_t>(bit.mask());
            }
          }
          Compare(*msr, cpu);
        }
      }
    }
  }
}

// Variable ranges are counted.
TEST(Presence, OfAVariableRangeFollowsTheirNumber) {
  for (std::uint64_t count = 0; count < 0x100; ++count) {
    Cpu cpu{.maker = Vendor::kIntel, .family = 6, .model = 0x8f};
    cpu.no_msr[kMtrrcap] = ~count & 0xff;
    for (const MsrDef* const msr : AllMsrs()) {
      const std::uint32_t address = Number(msr->address);
      if (address >= 0x200 && address <= 0x213) Compare(*msr, cpu);
    }
  }
}

// Whose manual a citation is of.
// Of some registers only those who look at Intel's CPUs tell.
bool IsIntels(std::string_view spec) {
  for (const std::string_view source : {"intel", "[canonical/tdx]", "sgx_check", "BTG_SACM_INFO"}) {
    if (spec.find(source) != std::string_view::npos) return true;
  }
  return false;
}
bool IsAmds(std::string_view spec) { return spec.find("[amd/") != std::string_view::npos; }

TEST(Makers, AreThoseOfTheManualsCited) {
  for (const MsrDef* const msr : AllMsrs()) {
    EXPECT_TRUE(IsIntels(msr->spec) || IsAmds(msr->spec)) << msr->name;
    const MakerSet& makers = msr->present->makers;
    for (const Vendor vendor : {Vendor::kAmd, Vendor::kHygon}) {
      EXPECT_EQ(makers.Contains(vendor), IsAmds(msr->spec)) << msr->name;
    }
    EXPECT_EQ(makers.Contains(Vendor::kIntel), IsIntels(msr->spec)) << msr->name;
    for (const Vendor vendor : {Vendor::kCentaur, Vendor::kZhaoxin}) {
      EXPECT_TRUE(IsIntels(msr->spec) || !makers.Contains(vendor)) << msr->name;
    }
  }
}

// The same of what people read.
TEST(Makers, AreThoseOfTheManualsCitedInTheReference) {
  std::ifstream file(VTPROBE_REGISTERS_MD);
  ASSERT_TRUE(file);
  const std::regex line("\\. (\\\\\\[.*)\\. One for each .*It is there on: ([^;.]*)");
  std::size_t registers = 0;
  for (std::string text; std::getline(file, text);) {
    std::smatch match;
    if (!std::regex_search(text, match, line)) continue;
    ++registers;
    const std::string spec = std::regex_replace(match[1].str(), std::regex("\\\\"), "");
    const std::string makers = match[2];
    const bool any = makers.find("every vendor") != std::string::npos;
    EXPECT_EQ(any || makers.find("Intel") != std::string::npos, IsIntels(spec)) << text;
    EXPECT_EQ(any || makers.find("AMD") != std::string::npos, IsAmds(spec)) << text;
  }
  EXPECT_EQ(registers, AllMsrs().size());
}

}  // namespace
}  // namespace vtprobe::registers
