#include "vtprobe/hal/cpu_set.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace vtprobe {
namespace {

using Range = CpuSet::Range;

tl::unexpected<CpuListError> ErrorAt(std::size_t offset, std::string message) {
  return tl::unexpected<CpuListError>(CpuListError{offset, std::move(message)});
}

// A CPU number at the front of `text`, from `*at` on, which it moves past it.
tl::expected<std::uint32_t, CpuListError> ParseNumber(std::string_view text, std::size_t* at) {
  std::uint32_t value = 0;
  const char* const begin = text.data() + *at;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (end == begin) return ErrorAt(*at, "expected a decimal CPU number");
  if (error != std::errc{} || value > kMaxCpuNumber) {
    return ErrorAt(*at, "CPU numbers go from 0 to " + std::to_string(kMaxCpuNumber));
  }
  *at += static_cast<std::size_t>(end - begin);
  return value;
}

}  // namespace

CpuSet::CpuSet(std::vector<Range> ranges) : ranges_(std::move(ranges)) {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges_.size(); ++i) {
    if (ranges_[i].first <= ranges_[kept].last + std::uint64_t{1}) {
      ranges_[kept].last = std::max(ranges_[kept].last, ranges_[i].last);
    } else {
      ranges_[++kept] = ranges_[i];
    }
  }
  if (!ranges_.empty()) ranges_.resize(kept + 1);
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
  for (const Range& range : ranges_) count += range.last - range.first + std::size_t{1};
  return count;
}

bool CpuSet::Contains(LogicalCpu cpu) const {
  const auto after = std::upper_bound(
      ranges_.begin(), ranges_.end(), Number(cpu),
      [](std::uint32_t number, const Range& range) { return number < range.first; });
  return after != ranges_.begin() && Number(cpu) <= std::prev(after)->last;
}

bool CpuSet::Contains(const CpuSet& other) const {
  auto mine = ranges_.begin();
  for (const Range& range : other.ranges_) {
    while (mine != ranges_.end() && mine->last < range.first) ++mine;
    if (mine == ranges_.end() || mine->first > range.first || mine->last < range.last) return false;
  }
  return true;
}

bool CpuSet::Intersects(const CpuSet& other) const {
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    if (a->last < b->first) {
      ++a;
    } else if (b->last < a->first) {
      ++b;
    } else {
      return true;
    }
  }
  return false;
}

CpuSet CpuSet::Union(const CpuSet& other) const {
  std::vector<Range> ranges = ranges_;
  ranges.insert(ranges.end(), other.ranges_.begin(), other.ranges_.end());
  return CpuSet(std::move(ranges));
}

CpuSet CpuSet::Intersection(const CpuSet& other) const {
  std::vector<Range> ranges;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const Range common{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (common.first <= common.last) ranges.push_back(common);
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return CpuSet(std::move(ranges));
}

CpuSet CpuSet::Difference(const CpuSet& other) const {
  std::vector<Range> ranges;
  auto hole = other.ranges_.begin();
  for (Range rest : ranges_) {
    while (hole != other.ranges_.end() && hole->last < rest.first) ++hole;
    auto cut = hole;
    bool left = true;
    for (; left && cut != other.ranges_.end() && cut->first <= rest.last; ++cut) {
      if (cut->first > rest.first) ranges.push_back({rest.first, cut->first - 1});
      left = cut->last < rest.last;
      if (left) rest.first = cut->last + 1;
    }
    if (left) ranges.push_back(rest);
  }
  return CpuSet(std::move(ranges));
}

std::vector<LogicalCpu> CpuSet::ToVector() const {
  std::vector<LogicalCpu> cpus;
  cpus.reserve(Count());
  for (const Range& range : ranges_) {
    for (std::uint64_t n = range.first; n <= range.last; ++n) {
      cpus.push_back(LogicalCpu{static_cast<std::uint32_t>(n)});
    }
  }
  return cpus;
}

std::string CpuSet::ToString() const {
  std::string text;
  for (const Range& range : ranges_) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += '-' + std::to_string(range.last);
  }
  return text;
}

}  // namespace vtprobe
