# What Doxygen reads of a header, from the plain comments that the sources have:
# a comment becomes documentation of what follows, the paragraph at the top that
# of the file, and a comment behind code one of that code. In prose, signs that
# mean something to Doxygen are escaped; lines that are indented are examples and
# tables, and stay as they are. The rows of a .def file are put in the place where
# it is included: Doxygen would not expand them with a macro of another file.
#
#   awk -v includes="FOLDER FOLDER..." -f comments.awk HEADER

function escaped(text) {
  gsub(/[\\@#<>&$%"]/, "\\\\&", text)
  return text
}

# A macro that is defined within an enumeration is taken for a member of it, so
# those that expand a table come first; of two of one name, which differ in what
# no documentation shows, the first counts. A braced initializer is taken for a
# body, and what has one for a function.
function define_table_macros(file,    line, name) {
  while ((getline line < file) > 0) {
    if (line !~ /^#define VTPROBE_[A-Z_]+\(.*[^\\]$/) continue
    name = line
    sub(/\(.*/, "", name)
    sub(/\{__VA_ARGS__\}/, "", line)
    if (!(name in defined)) print line
    defined[name] = 1
  }
  close(file)
}

FNR == 1 { define_table_macros(FILENAME) }
FNR == 1 && /^\/\// { print "/// @file" }
/^#define VTPROBE_[A-Z_]+\(.*[^\\]$/ || /^#undef VTPROBE_/ { next }

# Prints one line of a header or of a table.
function document(line,    indent, text, at) {
  if (match(line, /^[ \t]*\/\//)) {
    indent = substr(line, 1, RLENGTH - 2)
    text = substr(line, RLENGTH + 1)
    if (text ~ /^   / && text !~ /^ *$/) {
      if (!in_example) print indent "///"
      in_example = 1
      print indent "///     " text
    } else {
      if (in_example && text !~ /^ *$/) {
        print indent "///"
        in_example = 0
      }
      print indent "///" escaped(text)
    }
    return
  }
  in_example = 0
  at = match(line, /[;,{)] +\/\/ /)
  if (at && line !~ /"[^"]*\/\/[^"]*"/) {
    at = index(line, " // ")
    print substr(line, 1, at) "///< " escaped(substr(line, at + 4))
    return
  }
  print line
}

function document_table(name,    folder, i, n, line, path) {
  n = split(includes, folder, " ")
  for (i = 1; i <= n; ++i) {
    path = folder[i] "/" name
    in_head = 1
    while ((getline line < path) > 0) {
      # The paragraph at the top is about the table, not about its first row.
      if (in_head && line ~ /^(\/\/.*)?$/) {
        if (line == "") in_head = 0
        continue
      }
      in_head = 0
      document(line)
    }
    close(path)
  }
}

/^ *#include "[^"]*\.def"/ {
  match($0, /"[^"]*"/)
  document_table(substr($0, RSTART + 1, RLENGTH - 2))
  next
}

{ document($0) }
