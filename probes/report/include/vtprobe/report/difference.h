// What changed from one recording of a machine to another: two builds of a
// firmware, before and after a setting was changed.
//
// A register that one of the recordings does not hold has not changed as far as
// anybody knows: it is listed apart.

#ifndef VTPROBE_REPORT_DIFFERENCE_H_
#define VTPROBE_REPORT_DIFFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {

// Whether the machine is worse off for a change. kNeither: it is another, and
// which of the two is better nobody can say.
enum class Direction : std::uint8_t { kNeither, kBetter, kWorse };

std::string_view Name(Direction direction);

struct FieldChange {
  Field field;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  // A lock that is no longer set is worse, one that now is better.
  Direction direction = Direction::kNeither;
};

// The fields that differ of those whose bits are all known of both. None of them is
// judged.
std::vector<FieldChange> ChangedFields(const FieldList& fields, const RegisterReading& before,
                                       const RegisterReading& after);

// CPUs of which a register changed from the one reading to the other.
struct RegisterChange {
  CpuSet cpus;
  RegisterReading before;
  RegisterReading after;
  std::uint64_t changed = 0;        // of the bits that are known of both, those compared
  std::vector<FieldChange> fields;  // the named ones that changed, of which all bits are known
};

struct RegisterDifference {
  std::string title;  // "IA32_FEATURE_CONTROL (0x3a)", "CPUID.0xd.0x1:EAX"
  RegisterInfo info;
  std::vector<RegisterChange> changes;
};

// A feature of CPUID that some CPUs announce in one of the recordings only.
struct FeatureChange {
  std::string_view feature;  // "VMX"
  std::string_view in;       // "CPUID.01H:ECX"
  bool came = false;         // else it went
  CpuSet cpus;
};

// A rule that found something else of the CPUs that are online in both. A change
// between outcomes that rest on what one of the recordings does not hold is none.
// It is worse if it is of one CPU, whatever it is of the others.
struct RuleChange {
  std::string_view rule;
  Direction direction = Direction::kNeither;
  std::vector<Finding> before;
  std::vector<Finding> after;
};

struct MetadataChange {
  std::string key;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

// Recorded on one side only.
struct OneSided {
  std::string title;
  CpuSet cpus;
};

struct Difference {
  std::string before_name;
  std::string after_name;
  // Of what describes the machine: firmware, microcode, kernel, board.
  std::vector<MetadataChange> metadata;
  CpuSet cpus_gone;  // online before, and not after
  CpuSet cpus_new;
  std::vector<RuleChange> rules;
  std::vector<FeatureChange> features;
  std::vector<RegisterDifference> registers;
  std::vector<OneSided> only_before;
  std::vector<OneSided> only_after;
  // How many changes and one-sided registers there are beyond kMostListed, which
  // are counted and not kept: recordings that have nothing in common would take a
  // hundred times their size.
  static constexpr std::size_t kMostListed = std::size_t{1} << 17;
  std::size_t not_listed = 0;
  // Registers that differ and change by themselves.
  std::vector<std::string> left_out;
  // Those that differ in what was not to be compared.
  std::vector<std::string> ignored;
  bool has_profile = false;

  bool empty() const;
};

// What has to differ for the two to be told apart. kWorse: a rule that fares
// worse (under a profile, one that counts), a lock that is gone, a CPU that is no
// longer online. kReadings: what was read of the CPUs, and which there are, but
// not what else is said of the machine. kAny: anything.
enum class FailOn : std::uint8_t { kAny, kReadings, kWorse };

bool Differs(const Difference& difference, FailOn what);

struct DifferenceInput {
  std::string name;
  const PlatformSnapshot& snapshot;
};

// Bits of a register that are not compared.
struct IgnoredBits {
  std::variant<MsrAddress, const CpuidDef*> reg;
  std::uint64_t mask = ~std::uint64_t{0};
};

struct CompareOptions {
  const Profile* profile = nullptr;  // what the rules count, and what it waives
  std::vector<IgnoredBits> ignored{};
};

Difference Compare(const DifferenceInput& before, const DifferenceInput& after,
                   const CompareOptions& options = {});

std::string RenderDifferenceText(const Difference& difference, const RenderOptions& options);
// A release note.
std::string RenderDifferenceMarkdown(const Difference& difference);
// The same as a page, with the registers bit by bit.
std::string RenderDifferenceHtml(const Difference& difference, std::string_view tool_version);
std::string RenderDifferenceJson(const Difference& difference, std::string_view tool_version,
                                 int exit_code);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_DIFFERENCE_H_
