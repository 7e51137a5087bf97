// The decision tables a second time, as data.
//
// The engine decides in code; here every decision is a row with wildcards, the
// first row that fits wins, and each row carries the sentence that it states.
// The two share nothing but the names of the answers, so a slip in one shows
// as a difference between them.
//
// Facts, not registers, go in: what a CPU's leaves and switch say is written
// down by whoever makes the case (cases.h), and nothing here decodes them.

#ifndef VTPROBE_TESTS_VIRTUALIZATION_ORACLE_H_
#define VTPROBE_TESTS_VIRTUALIZATION_ORACLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "vtprobe/probes/virtualization.h"

namespace vtprobe::oracle {

// Each fact is the character that a row's column names it by.
struct CpuFacts {
  // 'V': makes CPUs with VMX; 'S': with SVM; 'o': one of them, but a family
  // older than either; 'x': anybody else; '-': the vendor leaf was not read.
  char maker = '-';
  // '0' and '1' as read, '-': not read.
  char vmx = '-';
  char svm = '-';
  char hypervisor = '-';
  char svml = '-';
  char sgx_lc = '-';
  // '1': leaf 0x4000_0000 was read and names a hypervisor's leaves.
  char hypervisor_leaf = '-';
  // '1': the hypervisor's leaves say that this is the host's own system.
  char partition = '0';
  // The switch, IA32_FEATURE_CONTROL or VM_CR. 'v': `value` was read; 'g': it
  // raised #GP; 'u': any other failure, or nothing was recorded.
  char reading = 'u';
  std::uint64_t value = 0;
};

struct HostFacts {
  char stage = '-';  // 'p'(re-os), 'o'(s), 'g'(uest)
  // The Linux release: '<': before 5.6, '6': from 5.6 on, 'b': from 5.11 on, 'd':
  // from 5.13 on.
  char kernel = '-';
  char boot = '-';             // 'c'(old), 'w'(arm)
  char kvm_intel = '-';        // '1': built (y or m), '0'
  char measured_launch = '-';  // '1', '0'
};

struct CpuAnswer {
  State state = State::kIndeterminate;
  Usable usable = Usable::kUnknown;
  Attribution attribution = Attribution::kUnknown;
  Technology technology = Technology::kUnknown;

  friend bool operator==(const CpuAnswer&, const CpuAnswer&) = default;
};

struct HostAnswer {
  CpuAnswer answer;
  int exit_code = 2;
};

// The tables that an answer comes from. Which rows were used is kept, since a
// row that no case reaches is one that nobody tests.
enum class Table : std::uint8_t { kGuest, kState, kUsable, kAttribution, kHost, kExit };
inline constexpr Table kAllTables[] = {Table::kGuest,       Table::kState, Table::kUsable,
                                       Table::kAttribution, Table::kHost,  Table::kExit};
std::string_view Name(Table table);
// One sentence a row, in order.
std::vector<std::string_view> Sentences(Table table);

class Oracle {
 public:
  CpuAnswer OfCpu(const CpuFacts& cpu, const HostFacts& host);
  // Of the online CPUs' answers.
  HostAnswer OfHost(const std::vector<CpuAnswer>& cpus);

  // How often each row of the table decided something.
  const std::vector<std::size_t>& Uses(Table table) const;

 private:
  template <typename Row, typename Fits>
  const Row& First(Table table, const std::vector<Row>& rows, Fits fits);

  std::vector<std::size_t> uses_[std::size(kAllTables)];
};

}  // namespace vtprobe::oracle

#endif  // VTPROBE_TESTS_VIRTUALIZATION_ORACLE_H_
