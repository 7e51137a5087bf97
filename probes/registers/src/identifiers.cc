#include "vtprobe/registers/identifiers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::registers {
namespace {

constexpr std::uint32_t kSerialNumberLeaf = 3;

// Anywhere in a key that is spelled without what stands between words: keys are
// free, and "serial", "board.serial_number" and "SerialNumber" are one.
constexpr std::array<std::string_view, 14> kTelling = {
    "hostname",  "hostid", "nodename", "fqdn",       "serial",    "uuid",  "assettag",
    "machineid", "bootid", "guid",     "macaddress", "ipaddress", "owner", "username"};

std::string Spelled(std::string_view key) {
  std::string letters;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) letters += static_cast<char>(std::tolower(byte));
  }
  return letters;
}

// The same as a word of the key by itself: "host" and "contact.email", but not the
// "ip" of "chip".
constexpr std::array<std::string_view, 9> kTellingWords = {"host", "user", "login", "email", "mail",
                                                           "mac",  "ip",   "sn",    "asset"};

bool HasTellingWord(std::string_view key) {
  while (!key.empty()) {
    const std::string_view word = key.substr(0, key.find_first_of("._-"));
    key.remove_prefix(std::min(word.size() + 1, key.size()));
    const auto* const found = std::find(kTellingWords.begin(), kTellingWords.end(), Spelled(word));
    if (found != kTellingWords.end()) return true;
  }
  return false;
}

// Adds one reading of the CPUs in `of` that gave it.
template <typename Add>
void AddFor(const CpuSet& cpus, const CpuSet& of, SnapshotBuilder::Presence presence,
            SnapshotBuilder* builder, Add add) {
  CpuSet some = cpus.Intersection(of);
  // What comes from a snapshot contradicts itself nowhere.
  if (!some.empty() && builder->OpenBlock(std::move(some), presence)) add();
}

}  // namespace

bool Identifies(MsrAddress address) {
  const MsrDef* const msr = FindMsr(address);
  return msr != nullptr && msr->identifies;
}

bool Identifies(CpuidLeaf leaf) { return leaf.leaf == kSerialNumberLeaf; }

bool Identifies(std::string_view key) {
  const std::string spelled = Spelled(key);
  return HasTellingWord(key) ||
         std::any_of(kTelling.begin(), kTelling.end(), [&](std::string_view word) {
           return spelled.find(word) != std::string::npos;
         });
}

Metadata Scrubbed(const Metadata& metadata) {
  Metadata scrubbed = metadata;
  scrubbed.Erase(meta::kSource);
  for (const auto& [key, value] : metadata.entries()) {
    if (Identifies(key)) scrubbed.Erase(key);
  }
  return scrubbed;
}

PlatformSnapshot Scrubbed(const PlatformSnapshot& snapshot) {
  using Presence = SnapshotBuilder::Presence;
  SnapshotBuilder builder;
  builder.metadata() = Scrubbed(snapshot.metadata());
  const auto add_all = [&](const CpuSet& cpus, Presence presence) {
    AddFor(cpus, cpus, presence, &builder, [] {});
    const Selection all = snapshot.Everything();
    for (const auto& [leaf, mask] : all.cpuid) {
      if (Identifies(leaf)) continue;
      for (const auto& [readers, reading] : snapshot.Values(leaf)) {
        AddFor(readers, cpus, presence, &builder,
               [&, &of = leaf, &what = reading] { static_cast<void>(builder.AddCpuid(of, what)); });
      }
    }
    for (const MsrAddress address : all.msrs) {
      if (Identifies(address)) continue;
      for (const auto& [readers, reading] : snapshot.Values(address)) {
        AddFor(readers, cpus, presence, &builder,
               [&, &what = reading] { static_cast<void>(builder.AddMsr(address, what)); });
      }
    }
  };
  add_all(snapshot.online(), Presence::kOnline);
  add_all(snapshot.offline(), Presence::kOffline);
  return builder.Build();
}

}  // namespace vtprobe::registers
