// Inputs that are large in one way each, as an attacker would choose them. What
// reading one of twice the size takes must be about twice as much:
//
//   growth DIMENSION SIZE
//
// Only what stands below Measured() counts. Exits with 1 if the input was not
// understood as it should be, since a refusal is the cheapest answer.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fleet_rows.h"
#include "json_reader.h"
#include "store/store.h"
#include "vtprobe/fleet/findings.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/import/importer.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

// The name under which the counting is switched on and off.
template <typename Work>
[[gnu::noinline]] auto Measured(const Work& work) {
  return work();
}

std::string Repeated(std::size_t count, const std::function<std::string(std::size_t)>& part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part(i);
  return text;
}

std::string Number(std::size_t i) { return std::to_string(i); }
std::string Hex(std::size_t i) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%zx", i);
  return text;
}

// Every `step`-th CPU from the first on, so many of them.
std::string EveryCpu(std::size_t first, std::size_t step, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + Number(first + i * step);
  return list;
}

bool Reads(const std::string& text) {
  return Measured([&] { return ParseDump(text); }).has_value();
}

bool Dump(const std::string& body) { return Reads("vtprobe-dump 1\n" + body); }

bool LengthOfAValue(std::size_t n) {
  return Dump("meta board = " + std::string(n * 50, 'x') + '\n');
}

bool Comments(std::size_t n) {
  return Dump(Repeated(n, [](std::size_t) { return std::string("# nothing\n"); }));
}

bool RangesOfAList(std::size_t n) { return Dump("cpu " + EveryCpu(0, 2, n) + "\nmsr 0x1 = 0x1\n"); }

bool Blocks(std::size_t n) {
  return Dump(Repeated(n, [](std::size_t i) {
    return "cpu " + Number(i % 60'000) + "\nmsr " + Hex(i) + " = 0x1\n";
  }));
}

// The same register again and again, of CPUs that lie between each other.
bool BlocksOfOneRegister(std::size_t n) {
  return Dump(Repeated(n, [](std::size_t i) {
    return "cpu " + Number(i * 7919 % 65'521) + "\nmsr 0x1 = " + Hex(i) + '\n';
  }));
}

// One large set that all others lie in, each with registers that it has not.
bool BlocksWithinAFragmentedOne(std::size_t n) {
  const auto registers = [](const std::string& value) {
    return Repeated(50, [&](std::size_t i) { return "msr " + Hex(i) + " = " + value + '\n'; });
  };
  return Dump("cpu " + EveryCpu(0, 2, n) + '\n' + registers("0x1") +
              Repeated(n / 50, [&](std::size_t i) {
                return "cpu " + Number(2 * i + 1) + '\n' + registers("0x2");
              }));
}

// Sets that interleave, each with registers that no other has.
bool OverlappingFragmentedBlocks(std::size_t n) {
  return Dump(Repeated(n / 20, [](std::size_t i) {
    return "cpu " + EveryCpu(i % 100, 100, 100) + '\n' +
           Repeated(20, [&](std::size_t j) { return "msr " + Hex(i / 100 * 20 + j) + " = 0x1\n"; });
  }));
}

bool ReadingsInNoOrder(std::size_t n) {
  return Dump("cpu 0\n" + Repeated(n, [](std::size_t i) {
                return "msr " + Hex(i * 7919 % 1'048'583) + " = 0x1\n";
              }));
}

bool Writes(std::size_t n) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + Repeated(n, [](std::size_t i) {
                                    return "cpu " + Number(2 * i % 65'536) + "\nmsr " +
                                           Hex(i % 16) + " = " + Hex(i) + '\n';
                                  }));
  return snapshot && !Measured([&] { return WriteDump(*snapshot); }).empty();
}

// A profile of which each line is wrong: one error is shown.
bool WrongProfile(std::size_t n) {
  const std::string text =
      "[rules]\n" + Repeated(n / 10, [](std::size_t i) { return "rule" + Number(i) + " = 1\n"; });
  const auto profile = Measured([&] { return ParseProfile(text, "2026-01-31"); });
  return !profile && profile.error().line == 1;
}

bool TextOfAProfile(std::size_t n) {
  const std::string text = "name = \"x\"\ntitle = \"" + std::string(n * 20, 'x') + "\"\n";
  return Measured([&] { return ParseProfile(text, "2026-01-31"); }).has_value();
}

class Objecting : public import::JsonVisitor {
 public:
  using Objection = import::Objection;  // clang-format takes "import" in front for a module's

  Objection OnValue(const import::JsonPath&, std::optional<std::string_view>) override {
    return "a string";
  }
  Objection OnEnter(const import::JsonPath&) override { return std::nullopt; }
  Objection OnLeave(const import::JsonPath&) override { return std::nullopt; }
};

// A string whose place is looked for from its end.
bool BackslashesInJson(std::size_t n) {
  const std::string text = "[\"" + std::string(n * 2, '\\') + "\"]";
  Objecting visitor;
  const auto error = Measured([&] { return import::ReadJson({"x", text}, &visitor); });
  return error && error->column == 2;
}

bool Imports(std::string_view name, const std::string& text) {
  const import::Importer* const importer = import::FindImporter(name);
  const import::File file{"x", text};
  return importer != nullptr &&
         Measured([&] { return importer->import(std::span(&file, 1), {}); }).has_value();
}

bool HwlocLines(std::size_t n) {
  return Imports(
      "hwloc", Repeated(n, [](std::size_t i) { return "1 " + Number(i) + " 0 0 0 => 1 2 3 4\n"; }));
}

bool AidaCpus(std::size_t n) {
  return Imports("aida", Repeated(n / 2, [](std::size_t i) {
                   return "------[ Logical CPU #" + Number(i) +
                          " ]------\n\nCPUID 00000001: 000906EA-03100800-7FFAFBBF-BFEBFBFF\n";
                 }));
}

bool FirecrackerLines(std::size_t n) {
  return Imports("firecracker-csv",
                 "MSR_ADDR,VALUE\n" + Repeated(n, [](std::size_t i) { return Hex(i) + ",0x1\n"; }));
}

// The lines of a recording by another program, the head once.
bool ImportsLines(std::string_view name, std::string_view head, std::size_t n,
                  const std::function<std::string(std::size_t)>& line) {
  return Imports(name, std::string(head) + Repeated(n, line));
}

bool CpuidToolLines(std::size_t n) {
  return ImportsLines("cpuid", "CPU 0:\n", n, [](std::size_t i) {
    return "   " + Hex(0x1000'0000 + i) + " 0x00: eax=0x00000016 ebx=0x0 ecx=0x0 edx=0x0\n";
  });
}

bool LibcpuidCpus(std::size_t n) {
  return ImportsLines("libcpuid", "version=0.6.2\n", n, [](std::size_t i) {
    return "_________________ Logical CPU #" + Number(i) + " _________________\n" +
           "basic_cpuid[0]=00000005 68747541 444d4163 69746e65\n";
  });
}

bool PastedCommands(std::size_t n) {
  return ImportsLines("paste", "", n, [](std::size_t i) {
    return "root@h:~# rdmsr -p " + Number(i) + " 0x3a\n5\n";
  });
}

// Lists of CPUs without numbers, and a CPU that failed to give each register.
bool PastedLists(std::size_t n) {
  return ImportsLines("paste", "", n, [](std::size_t i) {
    const std::string address = Hex(0x1000 + i);
    return "$ rdmsr -p 7 " + address + "\nrdmsr: CPU 7 cannot read MSR " + address +
           "\n$ rdmsr -a " + address + "\n5\n1\n";
  });
}

bool TurbostatLines(std::size_t n) {
  return ImportsLines("turbostat", "turbostat version 17.06.23 - An Author\n", n,
                      [](std::size_t i) {
                        return "cpu" + Number(i) + ": MSR_IA32_FEATURE_CONTROL: 0x00000005 ()\n";
                      });
}

bool CpuZLines(std::size_t n) {
  return ImportsLines("cpu-z", "CPU-Z TXT Report\n\nCPU Thread 0\n", n, [](std::size_t i) {
    return "\tMSR " + Hex(0x1000'0000 + i) + "\t\t0x00000000\t0x00000005\n";
  });
}

bool GrubCommands(std::size_t n) {
  return ImportsLines("grub", "GNU GRUB  version 2.06\n", n,
                      [](std::size_t i) { return "grub> rdmsr " + Hex(i) + "\n0x5\n"; });
}

bool VirtualBoxLines(std::size_t n) {
  return ImportsLines(
      "virtualbox",
      "00:00:01.161379 VirtualBox VM 6.1.16 r140961 linux.amd64 release log\n"
      "00:00:04.809261 HM: MSR_IA32_FEATURE_CONTROL          = 0x20005\n",
      n, [](std::size_t) { return std::string("00:00:04.809300 PDM: something else\n"); });
}

bool ChipsecReadings(std::size_t n) {
  return Imports("chipsec", "{\"read_msr\": {" + Repeated(n, [](std::size_t i) {
                              return "\"(" + Number(i) + ",58)\": [\"(5, 0)\"], ";
                            }) + "\"(65535,58)\": [\"(5, 0)\"]}}");
}

bool FirecrackerModifiers(std::size_t n) {
  return Imports(
      "firecracker",
      "{\"firecracker_version\":\"1.4.0\",\"kernel_version\":\"6.1\",\"microcode_version\":"
      "\"0x1\",\"bios_version\":\"1\",\"bios_revision\":\"1\",\"guest_cpu_config\":{"
      "\"cpuid_modifiers\":[],\"msr_modifiers\":[" +
          Repeated(n,
                   [](std::size_t i) {
                     return "{\"addr\":\"" + Hex(i) + "\",\"bitmap\":\"0b" + std::string(64, '1') +
                            "\"},";
                   }) +
          "{\"addr\":\"0xffffffff\",\"bitmap\":\"0b" + std::string(64, '1') + "\"}]}}");
}

// No two CPUs alike, neither in CPUID nor in the switch.
PlatformSnapshot CpusThatDiffer(std::size_t n) {
  return *ParseDump("vtprobe-dump 1\nmeta stage = os\n" + Repeated(n, [](std::size_t i) {
                      return "cpu " + Number(i) +
                             "\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                             "cpuid 0x1.0x0 = 0x506e3 " +
                             Hex(i << 24) +
                             " 0x7ffafbff 0xbfebfbff\n"
                             "cpuid 0x7.0x0 = 0x0 " +
                             Hex(i) +
                             " 0x0 0x0\n"
                             "msr 0x3a = " +
                             Hex(i << 32 | (i % 2 == 0 ? 5 : 1)) + '\n';
                    }));
}

bool CpusThatAreJudged(std::size_t n) {
  const PlatformSnapshot machine = CpusThatDiffer(n / 16);
  const Report report = Measured([&] { return MakeReport(machine, "growth", std::nullopt); });
  return report.virtualization.usable != Usable::kYes;
}

// In each format.
bool Written(const Report& report) {
  return Measured([&] {
    const auto formats = ReportFormats();
    return std::all_of(formats.begin(), formats.end(), [&](const ReportFormat& format) {
      return !format.render(report, {}).empty();
    });
  });
}

bool CpusThatAreWrittenOf(std::size_t n) {
  return Written(MakeReport(CpusThatDiffer(n / 16), "growth", std::nullopt));
}

bool CpusThatAreCompared(std::size_t n) {
  const PlatformSnapshot before = CpusThatDiffer(n / 16);
  const PlatformSnapshot after = CpusThatDiffer(n / 16 + 1);
  return Measured([&] {
    const Difference difference = Compare({"before", before}, {"after", after});
    return !difference.empty() && !RenderDifferenceText(difference, {}).empty();
  });
}

// No two are alike: some registers have no usual value, and in others each third machine
// stands out.
bool MachinesThatAllDiffer(std::size_t n) {
  fleet::Fold fold({"growth", {}, {}});
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t own = i + 2;
    fold.Add({"n" + Number(i)},
             *ParseDump("vtprobe-dump 1\ncpu 0\nmsr 0x480 = " + Hex(own) +
                        "\nmsr 0x481 = " + Hex(i % 3 == 0 ? own : 1) + '\n'),
             [](const PlatformSnapshot&) {
               return fleet::Judgement{Usable::kYes, 0, {}};
             });
  }
  return Measured([&] {
    const fleet::Findings findings = Conclude(fold);
    return findings.outlier_count == (n + 2) / 3 && !RenderFleetText(findings, {}).empty();
  });
}

// Text that no format takes as it is.
bool HostileTextThatIsWritten(std::size_t n) {
  std::string board;
  for (std::size_t i = 0; i < n * 4; ++i) board += "\xef\xbf\xbe\xe2\x80\xae<&\"";
  return Written(MakeReport(
      *ParseDump("vtprobe-dump 1\nmeta board = x" + board + "x\ncpu 0\nmsr 0x3a = 0x5\n"), "growth",
      std::nullopt));
}

// A store in a folder of its own, which goes with it.
class KeptStore {
 public:
  KeptStore() {
    std::string folder = (std::filesystem::temp_directory_path() / "vtprobe-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) std::exit(2);
    folder_ = folder;
  }
  ~KeptStore() { std::filesystem::remove_all(folder_); }
  KeptStore(const KeptStore&) = delete;
  KeptStore& operator=(const KeptStore&) = delete;

  // So many recordings: of as many machines of which no two say the same, or of one
  // that says the same each time.
  bool Add(std::size_t n, bool differ) const {
    const auto store = store::OpenStore(Path(), store::Use::kMake);
    if (!store) return false;
    RowMaker rows("growth");
    for (std::size_t i = 0; i < n; ++i) {
      const auto machine = ParseDump(
          "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\nmsr 0x1a4 = " + Hex(differ ? i : 0) + '\n');
      store::Recording recording;
      recording.machine = "n" + Number(differ ? i : 0);
      recording.name = "n" + Number(i) + ".dump";
      rows.Complete(*machine, {}, &recording);
      if (!(*store)->Add(recording).value_or(false)) return false;
    }
    return (*store)->Commit().has_value();
  }
  // How many can be read back.
  std::size_t Count() const {
    std::size_t count = 0;
    const auto store = store::OpenStore(Path(), store::Use::kRead);
    if (!store) return 0;
    const auto read = (*store)->ForEach([&](const store::Kept& kept) {
      if (SnapshotsOf(kept)) ++count;
      return true;
    });
    return read ? count : 0;
  }

 private:
  std::string Path() const { return (folder_ / "fleet.db").string(); }

  std::filesystem::path folder_;
};

bool MachinesThatAreKept(std::size_t n) {
  const KeptStore store;
  return Measured([&] { return store.Add(n / 40, true); });
}

bool BootsThatAreKept(std::size_t n) {
  const KeptStore store;
  return Measured([&] { return store.Add(n, false) && store.Count() == n; });
}

bool RecordingsThatAreReadBack(std::size_t n) {
  const KeptStore store;
  return store.Add(n / 40, true) && Measured([&] { return store.Count() == n / 40; });
}

const std::map<std::string_view, bool (*)(std::size_t)> kDimensions = {
#define VTPROBE_DIMENSION(name, function) {name, function},
#include "growth.def"
#undef VTPROBE_DIMENSION
};

}  // namespace
}  // namespace vtprobe

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto found = vtprobe::kDimensions.find(argv[1]);
  return found != vtprobe::kDimensions.end() && found->second(std::strtoul(argv[2], nullptr, 10))
             ? 0
             : 1;
}
