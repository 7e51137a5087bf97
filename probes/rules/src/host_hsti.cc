// Firmware tests itself for what its vendor promised, and leaves the result where an
// operating system finds it (HSTI): a bit for each feature that the platform needs, and
// one for each that it has, and one for each that was verified. What a bit stands for is
// the vendor's.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::rules {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Features = std::vector<std::size_t>;  // by their bits

// Two digits a byte. Nothing for any other text.
std::optional<Bytes> BytesOf(std::optional<std::string_view> text) {
  if (!text || text->empty() || text->size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < text->size(); i += 2) {
    const auto byte = ParseDigits<std::uint8_t>(text->substr(i, 2), 16);
    if (!byte) return std::nullopt;
    bytes.push_back(*byte);
  }
  return bytes;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: its firmware is its host's.");
  }
  if (host.Get(meta::kSecureBoot) == "legacy-boot") {
    return host.Say(Outcome::kNotApplicable, "The system was not started through UEFI.");
  }
  const auto required = BytesOf(host.Get(meta::kHstiRequired));
  const auto implemented = BytesOf(host.Get(meta::kHstiImplemented));
  const auto verified = BytesOf(host.Get(meta::kHstiVerified));
  if (!required || !implemented || !verified || required->size() != implemented->size() ||
      required->size() != verified->size()) {
    return host.NotRecorded("what firmware found when it tested itself (HSTI)");
  }
  Features missing;
  Features impossible;
  std::size_t count = 0;
  for (std::size_t bit = 0; bit < required->size() * 8; ++bit) {
    const auto is_set = [&](const Bytes& bytes) { return (bytes[bit / 8] >> bit % 8 & 1) != 0; };
    if (!is_set(*required)) continue;
    ++count;
    if (!is_set(*verified)) {
      missing.push_back(bit);
    } else if (!is_set(*implemented)) {
      impossible.push_back(bit);
    }
  }
  if (count == 0) {
    return host.Say(Outcome::kNotApplicable,
                    "Firmware's test of itself (HSTI) names no feature that its platform needs.");
  }
  if (!missing.empty()) {
    return host.Say(Outcome::kWarn,
                    fmt::format("Firmware could not verify what its platform needs: feature {} of "
                                "HSTI.",
                                fmt::join(missing, ", ")));
  }
  if (!impossible.empty()) {
    return host.Say(Outcome::kIndeterminate,
                    fmt::format("Firmware's test of itself (HSTI) contradicts itself: it verified "
                                "feature {}, which it says it does not have.",
                                fmt::join(impossible, ", ")));
  }
  return host.Say(
      Outcome::kPass,
      fmt::format("Firmware verified all {} features that its platform needs (HSTI).", count));
}

}  // namespace

const Rule kHostHsti{
    .id = "host.hsti",
    .title = "Firmware verified the security features that its platform needs",
    .spec = "[microsoft/hsti]",
    .severity = Severity::kLow,
    .remedy =
        "Ask the vendor what these features are: firmware setup may switch them off (debugging, "
        "Secure Boot, flash protection), else update the firmware.",
    .judge = Judge};

}  // namespace vtprobe::rules
