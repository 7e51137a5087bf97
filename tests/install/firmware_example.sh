#!/usr/bin/env bash
# Builds an example that compiles another project's firmware, of which the sources are
# Debian's, and runs its tests. Exits with 77 and the reason where the sources can't be had.
# Then changes the firmware, one line at a time, in a copy: each change must fail a test.
#
#   firmware_example.sh PACKAGE FOLDER SOURCE BUILD CMAKE-VARIABLE MUTANTS [CMAKE-ARGUMENT...]
#
# A line of MUTANTS is a file below the package, a pattern of sed's and what replaces it,
# between tabs; one that begins with # is a comment.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
package=$1 folder=$2 source=$3 build=$4 variable=$5 mutants=$6
shift 6
mkdir -p "$folder"
"$here"/firmware_sources.sh "$package" "$folder"
tree=$folder/$package
bash "$here"/consume.sh "$source" "$build" "$@" "-D$variable=$tree"
# Where this CPU or kernel keeps tests from running, a change may go unseen.
skipped=$(grep -c '^\[  SKIPPED \] .*ms)$' "$build/Testing/Temporary/LastTest.log" || true)

failed=0
while IFS=$'\t' read -r file pattern replacement; do
  [[ -z $file || $file == \#* ]] && continue
  cp "$tree/$file" "$build/original"
  sed -i "s/$pattern/$replacement/" "$tree/$file"
  if cmp -s "$tree/$file" "$build/original"; then
    echo "not there: $file: $pattern"
    failed=1
  elif ! cmake --build "$build" >"$build/mutant.log" 2>&1; then
    echo "does not compile: $file: $pattern"
    failed=1
  elif timeout 120 ctest --test-dir "$build" --no-tests=error >"$build/mutant.log" 2>&1; then
    if ((skipped)); then
      echo "not noticed, where $skipped tests are skipped: $file: $pattern"
    else
      echo "no test notices: $file: $pattern"
      failed=1
    fi
  else
    echo "noticed: $file: $pattern"
  fi
  # Newer than what was built of it.
  cp "$build/original" "$tree/$file"
  touch "$tree/$file"
done <"$mutants"
exit "$failed"
