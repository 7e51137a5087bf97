#include "writer_lines.h"

#include <algorithm>
#include <istream>
#include <sstream>
#include <tuple>
#include <utility>

namespace vtprobe {
namespace {

auto WhatIsTheSame(const LockGroup& group) {
  return std::tie(group.address, group.outcome, group.before, group.after);
}

auto WhatIsTheSame(const WriteGroup& group) {
  return std::tie(group.address, group.before, group.value);
}

template <typename Group>
void Add(Group group, std::vector<Group>* groups) {
  const auto same = std::find_if(groups->begin(), groups->end(), [&](const Group& other) {
    return WhatIsTheSame(other) == WhatIsTheSame(group);
  });
  if (same == groups->end()) {
    groups->push_back(std::move(group));
  } else {
    same->cpus = same->cpus.Union(group.cpus);
  }
}

// "-" stands for a value that there is not.
std::string ValueOf(const std::string& word) { return word == "-" ? std::string() : word; }

void TakeLock(std::istream& words, const CpuSet& cpus, LockReport* report) {
  LockGroup group;
  group.cpus = cpus;
  if (!(words >> group.address >> group.name >> group.outcome >> group.before >> group.after)) {
    return;
  }
  group.before = ValueOf(group.before);
  group.after = ValueOf(group.after);
  Add(std::move(group), &report->groups);
}

void TakeLine(const std::string& line, ToldByWriter* told) {
  std::istringstream words(line);
  std::string kind;
  std::string subject;
  words >> kind >> subject;
  if (kind == "extension") {
    told->extension = subject;
  } else if (kind == "left-alone") {
    UnprovableLock lock{.name = subject, .why = {}};
    std::getline(words >> std::ws, lock.why);
    told->locks.unprovable.push_back(std::move(lock));
  } else if (const auto cpus = CpuSet::Parse(subject); cpus && kind == "lock") {
    TakeLock(words, *cpus, &told->locks);
  } else if (cpus && kind == "write") {
    WriteGroup write;
    write.cpus = *cpus;
    if (words >> write.address >> write.before >> write.value) Add(std::move(write), &told->writes);
  }
}

}  // namespace

ToldByWriter ReadWriterLines(const std::string& text) {
  ToldByWriter told;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) TakeLine(line, &told);
  return told;
}

}  // namespace vtprobe
