// A recording of our own that went over a console: vtprobe.efi sends it over the serial
// line where it can't write a file, and what listens there keeps firmware's and a boot
// loader's words, too. The seal says where it begins and where it ends, so that nothing
// else of such a log is looked at.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "importers.h"
#include "text_lines.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::import {
namespace {

// The line without the positions and colours of a terminal before it. ECMA-48, 5.4
std::string_view WithoutControls(std::string_view line) {
  while (line.starts_with("\x1b[")) {
    const std::size_t end = line.find_first_not_of("0123456789;?=", 2);
    if (end == std::string_view::npos) return {};
    line.remove_prefix(end + 1);
  }
  return line;
}

bool IsBegin(std::string_view line) {
  return line == "vtprobe-dump 1 sealed" || line == "vtprobe-dump 2 sealed";
}

struct Found {
  std::string_view text;
  std::size_t line = 0;  // where it begins, from 1
};

struct Search {
  std::optional<Found> whole;  // the last
  std::size_t count = 0;       // of whole ones
  std::size_t broken = 0;      // where the last begins that breaks off; 0: none does
};

Search Look(std::string_view content) {
  Search search;
  Found open;  // line 0: none is
  TextLines lines(content);
  while (lines.Next()) {
    const std::string_view line = WithoutControls(lines.line());
    if (IsBegin(line)) {
      if (open.line != 0) search.broken = open.line;
      const auto begin = static_cast<std::size_t>(line.data() - content.data());
      open = Found{content.substr(begin), lines.number()};
      continue;
    }
    if (open.line == 0 || line != "end " + std::to_string(lines.number() - open.line + 1)) {
      continue;
    }
    const auto end = static_cast<std::size_t>(line.data() + line.size() - open.text.data());
    search.whole = Found{open.text.substr(0, end), open.line};
    ++search.count;
    open = {};
  }
  if (open.line != 0) search.broken = open.line;
  return search;
}

Confidence Recognize(const File& file) {
  if (file.content.starts_with("vtprobe-d")) return Confidence::kNone;  // it is one
  if (file.content.find("vtprobe-dump") == std::string_view::npos) return Confidence::kNone;
  const Search search = Look(file.content);
  return search.whole || search.broken != 0 ? Confidence::kSettled : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const File& file = files.front();
  if (files.size() > 1) {
    return tl::unexpected(
        Error{files[1].name, 0, 0, "a vtprobe dump holds a whole machine: give one file"});
  }
  const Search search = Look(file.content);
  if (!search.whole) {
    return tl::unexpected(Error{file.name, search.broken, 1,
                                "the recording that begins here breaks off before its end mark"});
  }
  auto snapshot = ParseDump(search.whole->text);
  if (!snapshot) {
    const DumpError& error = snapshot.error();
    return tl::unexpected(
        Error{file.name, search.whole->line - 1 + error.line, error.column, error.message});
  }
  Imported imported{*std::move(snapshot), {}};
  if (search.count > 1) {
    imported.notes.push_back("it holds " + std::to_string(search.count) +
                             " recordings; the last is taken");
  }
  if (search.broken > search.whole->line) {
    imported.notes.push_back("another one begins in line " + std::to_string(search.broken) +
                             " and breaks off");
  }
  return imported;
}

}  // namespace

const Importer kVtprobeLog{.name = "vtprobe-log",
                           .title = "console log with a vtprobe dump in it",
                           .detect = Recognize,
                           .import = Import};

}  // namespace vtprobe::import
