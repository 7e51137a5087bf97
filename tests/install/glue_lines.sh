#!/usr/bin/env bash
# What somebody who tests other firmware writes beside the tests and the CMakeLists: all lines
# of an example's other files, with comments and headers, are fewer than so many.
#
#   glue_lines.sh EXAMPLE LIMIT
set -euo pipefail
example=$1 limit=$2
mapfile -d '' files < <(find "$example" -type f ! -name CMakeLists.txt ! -name '*_test.cpp' -print0)
tests=$(find "$example" -name '*_test.cpp' | wc -l)
((tests > 0)) || { echo "there are no tests in $example" >&2; exit 1; }
((${#files[@]} == 0)) || wc -l "${files[@]}"
lines=$(cat /dev/null "${files[@]}" | wc -l)
if ((lines >= limit)); then
  echo "$lines lines, which should be fewer than $limit" >&2
  exit 1
fi
