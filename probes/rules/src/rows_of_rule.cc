#include "rows_of_rule.h"

#include "deciding_msrs.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::rules {

RowsOfRule::RowsOfRule(const Rule& rule, const RuleInput& input)
    : kinds_(input.kinds()), rows_(&input.rows()) {
  for (const MsrDef* const msr : rule.msrs) addresses_.push_back(msr->address);
  const auto add = [&](const MsrDef* msr) {
    const auto found = std::find(addresses_.begin(), addresses_.end(), msr->address);
    if (found == addresses_.end()) addresses_.push_back(msr->address);
  };
  for (const MsrDef* const msr : rule.also) add(msr);
  for (const MsrDef* const msr : DecidingMsrs(rule)) add(msr);
  const bool are_there = std::all_of(addresses_.begin(), addresses_.end(), [&](MsrAddress address) {
    return rows_->NumberOf(address).has_value();
  });
  if (!are_there) {
    Selection selection = registers::FeatureRegisters();
    for (const MsrAddress address : addresses_) selection.Add(address);
    rows_ = &own_rows_.emplace(input.snapshot, input.virtualization, kinds_, selection);
  }
  numbers_.reserve(addresses_.size());
  for (const MsrAddress address : addresses_) numbers_.push_back(*rows_->NumberOf(address));
}

}  // namespace vtprobe::rules
