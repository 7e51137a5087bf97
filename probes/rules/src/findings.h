// Findings put together from what was found on some CPUs at a time.

#ifndef VTPROBE_PROBES_RULES_SRC_FINDINGS_H_
#define VTPROBE_PROBES_RULES_SRC_FINDINGS_H_

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// A finding of the rule, without evidence and remedy.
Finding MakeFinding(const Rule& rule, Outcome outcome, CpuSet cpus, std::string message);

// Which of several groups has the most CPUs.
class LargestGroup {
 public:
  void Add(std::size_t cpus);

  // How many groups were added.
  std::size_t count() const { return count_; }
  // The largest one's place, from 0 on; nothing if several are as large.
  std::optional<std::size_t> place() const { return place_; }

 private:
  std::size_t count_ = 0;
  std::size_t most_ = 0;
  std::optional<std::size_t> place_;
};

// The CPUs outside the largest of these groups; if there is no single largest
// one, all of them.
CpuSet OutsideLargest(const std::vector<CpuSet>& groups);

// Adds what was read, unless it stands there or enough does: a machine of which
// each CPU has a value of its own is shown by its first ones.
void AddEvidence(const RegisterView& registers, const MsrDef& msr, std::vector<Evidence>* evidence);

// Makes one finding of all CPUs of which the same is to be said.
class Findings {
  // CPUs of which the same is said, with the same advice, are one finding.
  struct Key {
    Outcome outcome;
    std::string_view message;
    std::string_view remedy{};  // that of an opinion
    std::string_view follows{};

    friend auto operator<=>(const Key&, const Key&) = default;
  };

 public:
  // What was said of some CPUs, for others to be added of which the same is to be
  // said. Until Take() is called.
  class Said {
   public:
    Said(Finding made, const Key& of) : finding_(std::move(made)), key_(of) {}

   private:
    friend class Findings;

    // Whether what more CPUs read is to be shown for what is thought.
    bool ShowsMore() const;

    Finding finding_;
    CpuGathering cpus_;
    Key key_;
  };

  explicit Findings(const Rule& rule) : rule_(rule) {}
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  // What these CPUs, which read the rule's MSRs as `registers` does, are
  // thought of.
  Said* Add(const CpuSet& cpus, const Opinion& opinion, const RegisterView& registers);
  // One of the registers that the rule needs is not known.
  Said* AddUnread(const CpuSet& cpus, std::string_view message, AccessCode code,
                  const RegisterView& registers);
  // The same on the evidence given.
  void Add(const CpuSet& cpus, const Opinion& opinion, const std::vector<Evidence>& evidence);
  void AddUnread(const CpuSet& cpus, std::string_view message, AccessCode code,
                 const std::vector<Evidence>& evidence);

  // The rule does not apply to these CPUs.
  Said* AddExempt(const CpuSet& cpus, std::string_view message);

  // The same as before, of CPUs that read what `registers` does.
  void AddMore(Said* said, const CpuSet& cpus, const RegisterView& registers);

  bool empty() const { return said_.empty(); }
  // Why a register was not read, of those that were said to lack one first.
  std::optional<AccessCode> FirstUnread() const;

  // Ordered by what was said first. If nothing was said, that no CPU is
  // recorded.
  std::vector<Finding> Take();

 private:
  // Some order. A rule that says something else of each CPU mostly names a number
  // that ascends, so that what is new comes last if the shorter is before.
  struct IsBefore {
    bool operator()(const Key& a, const Key& b) const {
      if (a.message.size() != b.message.size()) return a.message.size() < b.message.size();
      return a < b;
    }
  };

  Said& Place(const Key& key, std::optional<AccessCode> unread = std::nullopt);
  Said& Say(const CpuSet& cpus, const Opinion& opinion);
  void Show(const RegisterView& registers, Said* said) const;

  const Rule& rule_;
  std::list<Said> said_;
  Said* last_ = nullptr;                   // what was said last
  std::map<Key, Said*, IsBefore> places_;  // once there are several
};

// The findings about the CPUs that were compared, and then those about the
// others; the latter alone if there were none to compare.
std::vector<Finding> Joined(std::vector<Finding> compared, Findings* others);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_FINDINGS_H_
