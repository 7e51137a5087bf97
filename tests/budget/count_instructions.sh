#!/usr/bin/env bash
# Counts the instructions of a hot path and compares them with its budget. A
# count hardly changes from run to run, where time on a shared machine does.
#
#   count_instructions.sh measured BUDGET PROGRAM [ARGUMENT...]   below Measured()
#   count_instructions.sh all BUDGET PROGRAM [ARGUMENT...]        with its start and end
#
# Exits with 77 where it can't count, and says why.
set -euo pipefail
what=$1 budget=$2
shift 2

if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind, which counts instructions, is not installed"
  exit 77
fi
counting=(--tool=callgrind --callgrind-out-file=/dev/null)
[[ $what == all ]] || counting+=('--toggle-collect=*Measured*')
said=$(valgrind "${counting[@]}" "$@" 2>&1) || {
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
echo "$*: $count instructions, of a budget of $budget"
((count <= budget))
