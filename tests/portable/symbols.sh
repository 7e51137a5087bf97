#!/usr/bin/env bash
# That the dynamic command starts where the C library is as old as that of Ubuntu
# 22.04: of what it asks for, nothing is newer than 2.35, in which glibc began to
# tell an exception where it is.
#
#   symbols.sh PROGRAM
#
# Exits with 77 where the C library that it was linked with is not that of Debian
# 12: a newer one gives functions that every program calls a newer version.
set -euo pipefail
program=$1
library=$(getconf GNU_LIBC_VERSION)
if [[ $library != "glibc 2.36" ]]; then
  echo "skipped: linked with $library"
  exit 77
fi
newest=$(readelf --version-info --wide "$program" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)
[[ -n $newest ]] || { echo "it asks for no version of the C library"; exit 1; }
echo "the newest that it asks for is of $newest"
[[ $(printf '%s\n' "$newest" GLIBC_2.35 | sort -V | tail -n 1) == GLIBC_2.35 ]]
