// What a dump says of its difference from another machine, its base, line by
// line, and the machine that both make together.
//
// It takes only what differs: a line that repeats its base, or takes away what
// the base does not have, is a slip of whoever wrote it or a base that has
// changed since, and is refused where it stands.

#ifndef VTPROBE_HAL_SRC_DUMP_AGAINST_BASE_H_
#define VTPROBE_HAL_SRC_DUMP_AGAINST_BASE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

class AgainstBase {
 public:
  // What is wrong with a line; nothing where it was taken.
  using Problem = std::optional<std::string>;

  // What a block says of its CPUs themselves.
  enum class Change : std::uint8_t { kNone, kAdded, kAddedOffline, kOnline, kOffline, kRemoved };

  // Borrows the base.
  explicit AgainstBase(const PlatformSnapshot& base);

  Problem Set(std::string_view key, std::string_view value);
  Problem Remove(std::string_view key);

  // The readings that follow are those of these CPUs.
  Problem OpenBlock(CpuSet cpus, Change change);

  Problem Set(MsrAddress address, const MsrReading& reading);
  Problem Set(CpuidLeaf leaf, const CpuidReading& reading);
  Problem Remove(MsrAddress address);
  Problem Remove(CpuidLeaf leaf);

  PlatformSnapshot Build() const;

 private:
  // What was said of one register.
  template <typename Reading>
  struct Said {
    CpuSet cpus;  // of these, also where it was taken away
    std::vector<std::pair<CpuSet, Reading>> readings;
    PlatformSnapshot::ByValue<Reading> in_base;
  };
  template <typename Key, typename Reading>
  using ByRegister = std::map<Key, Said<Reading>>;

  Problem ChangeCpus(Change change);
  template <typename Key, typename Reading>
  Said<Reading>& Of(ByRegister<Key, Reading>* said, Key key) const;
  template <typename Key, typename Reading>
  Problem SetIn(ByRegister<Key, Reading>* said, Key key, const Reading& reading);
  template <typename Key, typename Reading>
  Problem RemoveIn(ByRegister<Key, Reading>* said, Key key);
  template <typename Reading>
  Problem TakeCpus(Said<Reading>* said) const;

  const PlatformSnapshot* base_;
  Metadata metadata_;
  std::set<std::string, std::less<>> keys_;  // of which something was said
  CpuSet online_;
  CpuSet offline_;
  CpuSet changed_;  // CPUs that were added, removed, or went on or off line
  CpuSet block_;
  bool is_removed_ = false;  // the block's CPUs are
  ByRegister<MsrAddress, MsrReading> msrs_;
  ByRegister<CpuidLeaf, CpuidReading> cpuid_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_DUMP_AGAINST_BASE_H_
