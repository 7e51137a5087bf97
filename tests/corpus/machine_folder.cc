#include "corpus/machine_folder.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/import/import.h"

namespace vtprobe::corpus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDump = "machine.dump";
constexpr std::string_view kEarlier = "earlier-";
constexpr std::string_view kManifest = "manifest.toml";
constexpr std::string_view kExpected = "expected.toml";

constexpr std::string_view kSynthetic = "synthetic";

bool IsPlainName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string Lowercase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> FoldersIn(const fs::path& parent) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  return names;
}

// "earlier-1.dump" to "earlier-9.dump": what was recorded before.
bool IsEarlier(std::string_view name) {
  return name.size() == kEarlier.size() + 6 && name.starts_with(kEarlier) &&
         name.ends_with(".dump");
}

void CheckFiles(const fs::path& folder, Problems* problems) {
  constexpr std::array kFiles = {kDump, kManifest, kExpected};
  for (const std::string_view name : kFiles) {
    if (!fs::is_regular_file(folder / name)) {
      problems->push_back(std::string(name) + " is missing");
    }
  }
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool is_known = std::find(kFiles.begin(), kFiles.end(), name) != kFiles.end();
    if (!is_known && !IsEarlier(name)) {
      problems->push_back(name + " does not belong into a machine's folder");
    }
  }
}

bool IsDifference(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  std::getline(stream, line);
  return IsDumpDifference(line);
}

// Whole, also of a machine that holds what differs from its base.
PlatformSnapshot ReadDump(const fs::path& file, Problems* problems) {
  auto imported = import::Import(file);
  if (imported) return std::move(imported->snapshot);
  const import::Error& error = imported.error();
  problems->push_back(fs::path(error.file).filename().string() + ":" + std::to_string(error.line) +
                      ":" + std::to_string(error.column) + ": " + error.message);
  return {};
}

std::vector<PlatformSnapshot> ReadEarlier(const fs::path& folder, Problems* problems) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (IsEarlier(entry.path().filename().string())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<PlatformSnapshot> snapshots;
  for (const fs::path& file : files) snapshots.push_back(ReadDump(file, problems));
  return snapshots;
}

Manifest ReadManifest(const fs::path& file, Problems* problems) {
  Manifest manifest;
  const auto root = ReadTomlFile(file, problems);
  if (root == nullptr) return manifest;
  StrictTable table(*root, std::string(kManifest), problems);
  manifest.title = table.String("title");
  manifest.vendor = table.String("vendor");
  manifest.source = table.String("source");
  manifest.how = table.String("how");
  manifest.base = table.OptionalString("base");
  manifest.licence = table.String("licence");
  manifest.known = table.String("known");
  manifest.filled_in = table.OptionalString("filled_in");
  manifest.emulator = table.OptionalString("emulator");
  table.Finish();
  return manifest;
}

Expected ReadExpected(const fs::path& file, Problems* problems) {
  Expected expected;
  const auto root = ReadTomlFile(file, problems);
  if (root == nullptr) return expected;
  StrictTable table(*root, std::string(kExpected), problems);
  expected.state = table.String("state");
  expected.usable = table.String("usable");
  expected.attribution = table.String("attribution");
  expected.technology = table.String("technology");
  expected.exit_code = table.Integer("exit_code");
  expected.hypervisor = table.OptionalString("hypervisor");
  expected.says = table.OptionalStrings("says");
  expected.never_says = table.OptionalStrings("never_says");
  expected.passes = table.OptionalStrings("passes");
  expected.not_applicable = table.OptionalStrings("not_applicable");
  for (StrictTable& row : table.OptionalTables("groups")) {
    ExpectedGroup& group = expected.groups.emplace_back();
    group.cpus = row.Cpus("cpus");
    group.state = row.String("state");
    group.attribution = row.OptionalString("attribution");
    group.unread = row.OptionalString("unread");
    row.Finish();
  }
  for (StrictTable& row : table.OptionalTables("findings")) {
    ExpectedFinding& finding = expected.findings.emplace_back();
    finding.rule = row.String("rule");
    finding.outcome = row.String("outcome");
    finding.cpus = row.Cpus("cpus");
    row.Finish();
  }
  table.Finish();
  return expected;
}

// Which provenance a dump must state, given how its manifest says it came
// about: what was filled in to make up a whole machine is not recorded.
bool Agree(const Manifest& manifest, std::string_view provenance) {
  if (manifest.how == "transcribed") {
    return provenance == (manifest.filled_in ? "synthetic" : "recorded");
  }
  if (manifest.filled_in) return false;
  if (manifest.how == "synthetic") return provenance == "synthetic";
  if (manifest.how == "recorded") return provenance == "live" || provenance == "recorded";
  return false;
}

void CheckAgreement(const std::string& group, const Machine& machine, Problems* problems) {
  const Manifest& manifest = machine.manifest;
  const Metadata& metadata = machine.snapshot.metadata();
  const std::string_view provenance = metadata.Get(meta::kProvenance).value_or("");
  if (!Agree(manifest, provenance)) {
    problems->push_back(
        "how = \"" + manifest.how + "\" " + (manifest.filled_in ? "with" : "without") +
        " filled_in does not go with the dump's provenance \"" + std::string(provenance) + "\"");
  }
  if (manifest.how != "recorded" && metadata.Get(meta::kSource) != manifest.source) {
    problems->push_back("the dump's source and the manifest's differ");
  }
  if ((manifest.how == kSynthetic) != (group == kSynthetic)) {
    problems->push_back("a machine is in the folder " + std::string(kSynthetic) +
                        " if and only if its manifest says so");
  }
  if (group != kSynthetic && group != Lowercase(manifest.vendor)) {
    problems->push_back("the vendor \"" + manifest.vendor + "\" does not go with the folder " +
                        group);
  }
}

}  // namespace

fs::path ShippedDumps() { return VTPROBE_SHIPPED_DUMPS; }

std::vector<std::string> MachineFolders(const fs::path& root) {
  std::vector<std::string> folders;
  for (const std::string& group : FoldersIn(root)) {
    for (const std::string& name : FoldersIn(root / group)) {
      folders.push_back((fs::path(group) / name).generic_string());
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

tl::expected<Machine, Problems> LoadMachine(const fs::path& root, const std::string& folder) {
  Problems problems;
  const fs::path path = root / folder;
  if (!IsPlainName(path.filename().string())) {
    problems.push_back("a folder's name is made of a-z, 0-9, '-' and '.'");
  }
  CheckFiles(path, &problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  Machine machine{ReadDump(path / kDump, &problems), ReadEarlier(path, &problems),
                  ReadManifest(path / kManifest, &problems),
                  ReadExpected(path / kExpected, &problems)};
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  if (machine.manifest.base.has_value() != IsDifference(path / kDump)) {
    problems.push_back(
        "a manifest names a base if and only if the dump holds what differs from it");
  }
  CheckAgreement(path.parent_path().filename().string(), machine, &problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return machine;
}

}  // namespace vtprobe::corpus
