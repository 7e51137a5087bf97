#!/usr/bin/env bash
# Adds a line to a file of a copy of the tree, and expects the check to complain.
#
#   expect_complaint.sh CHECK ROOT COPY FILE LINE COMPLAINT
set -euo pipefail
check=$1 root=$2 copy=$3 file=$4 line=$5 complaint=$6
rm -rf "$copy"
mkdir -p "$copy"
(cd "$root" && cp -r --parents probes/{rules,report,import}/{include,src} tools/vtprobe \
  tests/import tests/formats/CMakeLists.txt \
  tests/e2e/RESULTS.md HACKING.md "$copy"
 mkdir -p "$copy"/{hal,fixtures}
 printf '%s\0' recorded-msr-dumps/synthetic/*/ | (cd "$copy" && xargs -0 mkdir -p))
mkdir -p "$(dirname "$copy/$file")"
printf '%s\n' "$line" >>"$copy/$file"
if said=$(bash "$check" "$copy"); then
  echo "nothing is said of $line in $file" >&2
  exit 1
fi
printf '%s\n' "$said"
grep -qF "$complaint" <<<"$said"
