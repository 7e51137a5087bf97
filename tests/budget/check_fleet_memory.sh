#!/usr/bin/env bash
# Whether a report over machines that all differ stays within so many bytes for each, and
# no more of them where there are four times as many.
#
#   check_fleet_memory.sh PROGRAM MACHINES BYTES-OF-THE-FOLD BYTES-BESIDE-IT
set -euo pipefail
program=$1 machines=$2 fold=$3 beside=$4

for count in "$machines" $((4 * machines)); do
  read -r of_fold of_report <<<"$("$program" "$count")"
  echo "$count machines: $of_fold bytes each in the fold (of $fold), $of_report beside it (of $beside)"
  ((of_fold <= fold && of_report <= beside))
done
