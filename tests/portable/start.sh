#!/usr/bin/env bash
# What a check by the static command costs beside a process that does nothing, to
# which a loader and a C library belong: at most 1.6 times the system calls of
# /bin/true, and no more instructions outside the kernel than when the budget was
# set, and half as many. Both hardly change from run to run, where time on a shared
# machine does.
#
#   start.sh VTPROBE DUMP
#
# Exits with 77 where it can't count, and says why.
set -euo pipefail
readonly INSTRUCTIONS=1500000
vtprobe=$1 dump=$2

for tool in strace valgrind; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool, which counts, is not installed"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

calls() {
  strace -f -o "$work/trace" "$@" >/dev/null || { echo "$*: it ended with $?" >&2; exit 1; }
  grep -cE '^[0-9]+ +[a-z0-9_]+\(' "$work/trace"
}

instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
    sed -n 's/.*Collected : *\([0-9]*\).*/\1/p'
}

# within WHAT COUNT BUDGET
status=0
within() {
  echo "$1: $2, of a budget of $3"
  (($2 > 0 && $2 <= $3)) || status=1
}

nothing=$(calls /bin/true)
within "system calls" "$(calls "$vtprobe" check --replay "$dump")" $((nothing * 16 / 10))
within instructions "$(instructions "$vtprobe" check --replay "$dump")" "$INSTRUCTIONS"
exit "$status"
