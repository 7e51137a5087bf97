#!/usr/bin/env bash
# Counts the instructions of one hot path and compares them with its budget.
# A count hardly changes from run to run, where time on a shared machine does.
#
#   count_instructions.sh PROGRAM CASE BUDGET
#
# Exits with 77 where it can't count, and says why.
set -euo pipefail
program=$1 name=$2 budget=$3

if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind, which counts instructions, is not installed"
  exit 77
fi
said=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*Measured*' \
  "$program" "$name" 2>&1) || {
  echo "$said"
  echo "the work was not done"
  exit 1
}
count=$(sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' <<<"$said")
if [[ -z $count || $count -eq 0 ]]; then
  echo "$said"
  echo "nothing was counted"
  exit 1
fi
echo "$name: $count instructions, of a budget of $budget"
((count <= budget))
