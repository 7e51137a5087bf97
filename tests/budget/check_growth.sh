#!/usr/bin/env bash
# Whether work grows as its input does: at four times the size it may take four
# times the instructions, and half of that again for what grows by a logarithm or
# steps over a threshold. Work that grows with the square takes sixteen times as many.
#
#   check_growth.sh PROGRAM DIMENSION SIZE
#
# Exits with 77 where it can't count, and says why.
set -euo pipefail
program=$1 dimension=$2 size=$3
counter=${BASH_SOURCE[0]%/*}/count_instructions.sh

count() {
  local said
  said=$("$counter" measured 1000000000000 "$program" "$dimension" "$1") || {
    local status=$?
    echo "$said" >&2
    return $status
  }
  sed -n 's/.*: \([0-9]*\) instructions,.*/\1/p' <<<"$said"
}

small=$(count "$size")
large=$(count $((4 * size)))
echo "$dimension: $small instructions at $size, $large at $((4 * size))"
((large <= 6 * small))
