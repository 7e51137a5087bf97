#include "vtprobe/hal/cpu_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

using Range = CpuSet::Range;

tl::unexpected<CpuListError> ErrorAt(std::size_t offset, std::string message) {
  return tl::unexpected<CpuListError>(CpuListError{offset, std::move(message)});
}

// A CPU number at the front of `text`, from `*at` on, which it moves past it.
tl::expected<std::uint32_t, CpuListError> ParseNumber(std::string_view text, std::size_t* at) {
  std::string_view rest = text.substr(*at);
  if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
    return ErrorAt(*at, "expected a decimal CPU number");
  }
  const auto value = TakeDigits<std::uint32_t>(&rest, 10);
  if (!value || *value > kMaxCpuNumber) {
    return ErrorAt(*at, "CPU numbers go from 0 to " + std::to_string(kMaxCpuNumber));
  }
  *at = text.size() - rest.size();
  return *value;
}

// The first range that does not lie wholly before `range`. It mostly is one of
// the next; where it is not, steps double, so that a few ranges among many are
// found without a look at all of them.
template <typename Iterator>
Iterator FirstNotBefore(const Range& range, Iterator at, Iterator end) {
  const auto is_before = [&](const Range& mine) { return mine.last < range.first; };
  std::ptrdiff_t step = 1;
  while (end - at > step && is_before(at[step])) {
    at += step;
    step *= 2;
  }
  return std::partition_point(at, at + std::min(step + 1, end - at), is_before);
}

}  // namespace

CpuSet::CpuSet(std::initializer_list<Range> ranges) {
  if (ranges.size() == 1) {
    only_ = *ranges.begin();
  } else {
    *this = CpuSet(std::vector<Range>(ranges));
  }
}

CpuSet::CpuSet(std::vector<Range> ranges) {
  if (ranges.empty()) return;
  const auto is_before = [](const Range& a, const Range& b) { return a.first < b.first; };
  // As a rule they are in order.
  if (!std::is_sorted(ranges.begin(), ranges.end(), is_before)) {
    std::sort(ranges.begin(), ranges.end(), is_before);
  }
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first <= ranges[kept].last + std::uint64_t{1}) {
      ranges[kept].last = std::max(ranges[kept].last, ranges[i].last);
    } else {
      ranges[++kept] = ranges[i];
    }
  }
  if (kept == 0) {
    only_ = ranges.front();
  } else {
    ranges.resize(kept + 1);
    ranges.shrink_to_fit();
    several_ = std::move(ranges);
  }
}

tl::expected<CpuSet, CpuListError> CpuSet::Parse(std::string_view text) {
  std::vector<Range> ranges;
  std::size_t at = 0;
  std::size_t listed = 0;
  for (;;) {
    const std::size_t start = at;
    const auto first = ParseNumber(text, &at);
    if (!first) return tl::unexpected<CpuListError>(first.error());
    std::uint32_t last = *first;
    if (at < text.size() && text[at] == '-') {
      ++at;
      const auto end = ParseNumber(text, &at);
      if (!end) return tl::unexpected<CpuListError>(end.error());
      last = *end;
      if (last < *first) return ErrorAt(start, "a range goes upwards: N-M with N <= M");
    }
    ranges.push_back({*first, last});
    listed += last - *first + std::size_t{1};
    if (at == text.size()) break;
    if (text[at] != ',') return ErrorAt(at, "expected ',' or the end of the CPU list");
    ++at;
  }
  CpuSet set(std::move(ranges));
  if (set.Count() != listed) return ErrorAt(0, "a CPU is listed twice");
  return set;
}

std::size_t CpuSet::Count() const {
  std::size_t count = 0;
  for (const Range& range : ranges()) count += range.last - range.first + std::size_t{1};
  return count;
}

bool CpuSet::Contains(LogicalCpu cpu) const {
  const auto mine = ranges();
  const auto after = std::upper_bound(
      mine.begin(), mine.end(), Number(cpu),
      [](std::uint32_t number, const Range& range) { return number < range.first; });
  return after != mine.begin() && Number(cpu) <= std::prev(after)->last;
}

bool CpuSet::Contains(const CpuSet& other) const {
  auto mine = ranges().begin();
  const auto end = ranges().end();
  for (const Range& range : other.ranges()) {
    mine = FirstNotBefore(range, mine, end);
    if (mine == end || mine->first > range.first || mine->last < range.last) return false;
  }
  return true;
}

bool CpuSet::Intersects(const CpuSet& other) const {
  auto a = ranges().begin();
  auto b = other.ranges().begin();
  const auto a_end = ranges().end();
  const auto b_end = other.ranges().end();
  while (a != a_end && b != b_end) {
    if (a->last < b->first) {
      a = FirstNotBefore(*b, a, a_end);
    } else if (b->last < a->first) {
      b = FirstNotBefore(*a, b, b_end);
    } else {
      return true;
    }
  }
  return false;
}

CpuSet CpuSet::Union(const CpuSet& other) const {
  std::vector<Range> both;
  both.reserve(ranges().size() + other.ranges().size());
  std::merge(ranges().begin(), ranges().end(), other.ranges().begin(), other.ranges().end(),
             std::back_inserter(both),
             [](const Range& a, const Range& b) { return a.first < b.first; });
  return CpuSet(std::move(both));
}

CpuSet CpuSet::Intersection(const CpuSet& other) const {
  std::vector<Range> common;
  auto a = ranges().begin();
  auto b = other.ranges().begin();
  const auto a_end = ranges().end();
  const auto b_end = other.ranges().end();
  while (a != a_end && b != b_end) {
    const Range overlap{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (overlap.first <= overlap.last) common.push_back(overlap);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return CpuSet(std::move(common));
}

CpuSet CpuSet::Difference(const CpuSet& other) const {
  std::vector<Range> left_over;
  auto hole = other.ranges().begin();
  const auto end = other.ranges().end();
  for (Range rest : ranges()) {
    while (hole != end && hole->last < rest.first) ++hole;
    auto cut = hole;
    bool left = true;
    for (; left && cut != end && cut->first <= rest.last; ++cut) {
      if (cut->first > rest.first) left_over.push_back({rest.first, cut->first - 1});
      left = cut->last < rest.last;
      if (left) rest.first = cut->last + 1;
    }
    if (left) left_over.push_back(rest);
  }
  return CpuSet(std::move(left_over));
}

std::vector<LogicalCpu> CpuSet::ToVector() const {
  std::vector<LogicalCpu> cpus;
  cpus.reserve(Count());
  for (const Range& range : ranges()) {
    for (std::uint64_t n = range.first; n <= range.last; ++n) {
      cpus.push_back(LogicalCpu{static_cast<std::uint32_t>(n)});
    }
  }
  return cpus;
}

std::string CpuSet::ToString() const {
  std::string text;
  for (const Range& range : ranges()) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += '-' + std::to_string(range.last);
  }
  return text;
}

}  // namespace vtprobe
