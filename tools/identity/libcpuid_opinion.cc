#include "identity/libcpuid_opinion.h"

#include <libcpuid/libcpuid.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "identity/libcpuid_rows.h"
#include "libcpuid_data.h"
#include "vtprobe/hal/lowercase.h"
#include "vtprobe/probes/identity.h"

namespace vtprobe {
namespace {

// A design as libcpuid calls it, in lower case, and a name that ours has if it
// is of the same. A design may stand in several rows. What our table names
// coarsely, as K8 by its revisions, is one design here.
struct Design {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kDesigns = {
    Design{"486", "486"},
    Design{"abu dhabi", "vishera"},
    Design{"agena", "barcelona"},
    Design{"albany", "k8"},
    Design{"alder lake", "alder lake"},
    Design{"allendale", "merom"},
    Design{"apollo lake", "apollo lake"},
    Design{"applebred", "thoroughbred"},
    Design{"arrandale", "westmere"},
    Design{"arrow lake", "arrow lake"},
    Design{"avoton", "avoton"},
    Design{"bald eagle", "kaveri"},
    Design{"banias", "banias"},
    Design{"barcelona", "barcelona"},
    Design{"barton", "barton"},
    Design{"bay trail", "bay trail"},
    Design{"beckton", "nehalem"},
    Design{"beema", "puma"},
    Design{"bergamo", "bergamo"},
    Design{"bloomfield", "nehalem"},
    Design{"braswell", "cherry trail"},
    Design{"brazos", "bobcat"},
    Design{"brisbane", "k8"},
    Design{"bristol ridge", "bristol ridge"},
    Design{"broadwell", "broadwell"},
    Design{"callisto", "shanghai"},
    Design{"cannon lake", "cannon lake"},
    Design{"carrizo", "carrizo"},
    Design{"cascade lake", "cascade lake"},
    Design{"cascades", "cascades"},
    Design{"castle peak", "rome"},
    Design{"cedar mill", "presler"},
    Design{"cedarview", "cedarview"},
    Design{"cezanne", "cezanne"},
    Design{"chagall", "chagall"},
    Design{"champlain", "propus"},
    Design{"champlain", "regor"},
    Design{"cherry trail", "cherry trail"},
    Design{"clarkdale", "westmere"},
    Design{"clarksfield", "nehalem"},
    Design{"clawhammer", "k8"},
    Design{"clovertown", "merom"},
    Design{"coffee lake", "coffee lake"},
    Design{"colfax", "pinnacle ridge"},
    Design{"comet lake", "comet lake"},
    Design{"conroe", "merom"},
    Design{"cooper lake", "cooper lake"},
    Design{"coppermine", "coppermine"},
    Design{"cranford", "prescott"},
    Design{"dali", "dali"},
    Design{"delhi", "vishera"},
    Design{"dempsey", "presler"},
    Design{"deneb", "shanghai"},
    Design{"denverton", "denverton"},
    Design{"deschutes", "deschutes"},
    Design{"desna", "bobcat"},
    Design{"diamondville", "bonnell"},
    Design{"dixon", "mendocino"},
    Design{"dothan", "dothan"},
    Design{"dragon range", "raphael"},
    Design{"drake", "deschutes"},
    Design{"dublin", "k8"},
    Design{"dunnington", "penryn"},
    Design{"elkhart lake", "elkhart lake"},
    Design{"emerald rapids", "emerald rapids"},
    Design{"fire range", "granite ridge"},
    Design{"foster", "willamette"},
    Design{"gainestown", "nehalem"},
    Design{"gallatin", "northwood"},
    Design{"gemini lake", "gemini lake"},
    Design{"geneva", "regor"},
    Design{"genoa", "genoa"},
    Design{"godavari", "godavari"},
    Design{"granite rapids", "granite rapids"},
    Design{"granite ridge", "granite ridge"},
    Design{"griffin", "k8"},
    Design{"gulftown", "westmere"},
    Design{"harpertown", "penryn"},
    Design{"haswell", "haswell"},
    Design{"hawk point", "phoenix"},
    Design{"heka", "shanghai"},
    Design{"ice lake", "ice lake"},
    Design{"interlagos", "bulldozer"},
    Design{"irwindale", "prescott"},
    Design{"istanbul", "istanbul"},
    Design{"ivy bridge", "ivy bridge"},
    Design{"jasper forest", "nehalem"},
    Design{"jasper lake", "jasper lake"},
    Design{"k5", "k5"},
    Design{"k6", "k6"},
    Design{"kabini", "jaguar"},
    Design{"kaby lake", "kaby lake"},
    Design{"katmai", "katmai"},
    Design{"kaveri", "kaveri"},
    Design{"keene", "k8"},
    Design{"kentsfield", "merom"},
    Design{"klamath", "klamath"},
    Design{"krackan", "krackan"},
    Design{"kuma", "barcelona"},
    Design{"kyoto", "jaguar"},
    Design{"lakefield", "lakefield"},
    Design{"lancaster", "k8"},
    Design{"lima", "k8"},
    Design{"lisbon", "istanbul"},
    Design{"llano", "llano"},
    Design{"lucienne", "lucienne"},
    Design{"lunar lake", "lunar lake"},
    Design{"lynnfield", "nehalem"},
    Design{"magny-cours", "magny-cours"},
    Design{"manchester", "k8"},
    Design{"manila", "k8"},
    Design{"matisse", "matisse"},
    Design{"mendocino", "mendocino"},
    Design{"merom", "merom"},
    Design{"meteor lake", "meteor lake"},
    Design{"milan", "milan"},
    Design{"morgan", "morgan"},
    Design{"mullins", "puma"},
    Design{"naples", "summit ridge"},
    Design{"nehalem", "nehalem"},
    Design{"newcastle", "k8"},
    Design{"nocona", "prescott"},
    Design{"northwood", "northwood"},
    Design{"ontario", "bobcat"},
    Design{"orleans", "k8"},
    Design{"palermo", "k8"},
    Design{"palomino", "palomino"},
    Design{"panther lake", "panther lake"},
    Design{"paris", "k8"},
    Design{"paxville", "prescott"},
    Design{"penryn", "penryn"},
    Design{"phoenix", "phoenix"},
    Design{"picasso", "picasso"},
    Design{"pineview", "bonnell"},
    Design{"pinnacle ridge", "pinnacle ridge"},
    Design{"potomac", "prescott"},
    Design{"prescott", "prescott"},
    Design{"presler", "presler"},
    Design{"prestonia", "northwood"},
    Design{"propus", "propus"},
    Design{"rana", "propus"},
    Design{"raphael", "raphael"},
    Design{"raptor lake", "raptor lake"},
    Design{"raven ridge", "raven ridge"},
    Design{"regor", "regor"},
    Design{"rembrandt", "rembrandt"},
    Design{"renoir", "renoir"},
    Design{"richland", "richland"},
    Design{"richmond", "k8"},
    Design{"rocket lake", "rocket lake"},
    Design{"roma", "k8"},
    Design{"rome", "rome"},
    Design{"san diego", "k8"},
    Design{"sandy bridge", "sandy bridge"},
    Design{"sapphire rapids", "sapphire rapids"},
    Design{"sargas", "regor"},
    Design{"seoul", "vishera"},
    Design{"shanghai", "shanghai"},
    Design{"sherman", "k8"},
    Design{"shimada peak", "shimada peak"},
    Design{"siena", "bergamo"},
    Design{"sierra forest", "sierra forest"},
    Design{"silverthorne", "bonnell"},
    Design{"skylake", "skylake"},
    Design{"sledgehammer", "k8"},
    Design{"smithfield", "prescott"},
    Design{"sonora", "k8"},
    Design{"sparta", "k8"},
    Design{"spitfire", "spitfire"},
    Design{"steppe eagle", "puma"},
    Design{"stoney ridge", "stoney ridge"},
    Design{"storm peak", "storm peak"},
    Design{"strix halo", "strix halo"},
    Design{"strix point", "strix point"},
    Design{"summit ridge", "summit ridge"},
    Design{"t-bred", "thoroughbred"},
    Design{"tanner", "katmai"},
    Design{"taylor", "k8"},
    Design{"temash", "jaguar"},
    Design{"thoroughbred", "thoroughbred"},
    Design{"thorton", "barton"},
    Design{"thuban", "thuban"},
    Design{"thunderbird", "thunderbird"},
    Design{"tiger lake", "tiger lake"},
    Design{"tigerton", "merom"},
    Design{"toledo", "k8"},
    Design{"toliman", "barcelona"},
    Design{"trinidad", "k8"},
    Design{"trinity", "trinity"},
    Design{"tualatin", "tualatin"},
    Design{"tulsa", "presler"},
    Design{"turin", "turin"},
    Design{"tyler", "k8"},
    Design{"valencia", "bulldozer"},
    Design{"van gogh", "van gogh"},
    Design{"venice", "k8"},
    Design{"vermeer", "vermeer"},
    Design{"vishera", "vishera"},
    Design{"westmere", "westmere"},
    Design{"whiskey lake", "whiskey lake"},
    Design{"whitehaven", "summit ridge"},
    Design{"willamette", "willamette"},
    Design{"winchester", "k8"},
    Design{"windsor", "k8"},
    Design{"wolfdale", "penryn"},
    Design{"woodcrest", "merom"},
    Design{"yonah", "yonah"},
    Design{"yorkfield", "penryn"},
    Design{"zacate", "bobcat"},
    Design{"zambezi", "bulldozer"},
    Design{"zosma", "thuban"},
    Design{"zurich", "bulldozer"},
};

// Whether our table knows CPUs of that model as several designs.
bool IsToldByStepping(const RegisterView& cpu) {
  const Identity identity = Identify(cpu);
  if (!identity.vendor || !identity.signature) return false;
  CpuSignature other = *identity.signature;
  const auto own = FindCodename(*identity.vendor, other);
  for (other.stepping = 0; other.stepping < 16; ++other.stepping) {
    if (FindCodename(*identity.vendor, other) != own) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> LibcpuidCodename(const RegisterView& cpu) {
  for (const std::uint32_t leaf : {0u, 1u}) {
    const CpuidReading reading = cpu.Cpuid({leaf});
    if (!reading || reading->recorded != kAllCpuidRegisters) return std::nullopt;
  }
  const auto raw = LibcpuidData(cpu);
  const auto identified = std::make_unique<cpu_id_t>();
  if (cpu_identify(raw.get(), identified.get()) < 0) return std::nullopt;
  std::string codename(identified->cpu_codename);
  if (codename.empty() || codename.starts_with("Unknown")) return std::nullopt;
  return codename;
}

NamedDesign CompareDesigns(std::string_view libcpuid_codename, std::string_view our_codename) {
  const std::string theirs = Lowercase(libcpuid_codename);
  const std::string ours = Lowercase(our_codename);
  NamedDesign named = NamedDesign::kNone;
  for (const Design& design : kDesigns) {
    if (theirs.find(design.theirs) == std::string::npos) continue;
    if (ours.find(design.ours) != std::string::npos) return NamedDesign::kOurs;
    named = NamedDesign::kAnother;
  }
  return named;
}

std::optional<std::string> LibcpuidDoubt(const RegisterView& cpu, std::string_view our_codename) {
  auto theirs = LibcpuidCodename(cpu);
  if (!theirs || CompareDesigns(*theirs, our_codename) != NamedDesign::kAnother) {
    return std::nullopt;
  }
  std::vector<LibcpuidRow> rows = LibcpuidRowsOf(cpu);
  if (IsToldByStepping(cpu)) {
    std::erase_if(rows, [](const LibcpuidRow& row) { return !row.states_stepping; });
  }
  bool is_known = false;
  for (const LibcpuidRow& row : rows) {
    if (CompareDesigns(row.codename, our_codename) == NamedDesign::kOurs) return std::nullopt;
    is_known = is_known || row.codename == *theirs;
  }
  return is_known ? theirs : std::nullopt;
}

}  // namespace vtprobe
