#!/usr/bin/env bash
# Whether the image keeps its promises: it writes no register, and is small.
#
#   check_image.sh FILE
#
# WRMSR and what writes MSRs otherwise (WRMSRNS, WRMSRLIST, XSETBV, writes to control and debug
# registers) are not among its instructions. RDMSR is: one that was not disassembled has none.
set -euo pipefail

image=$1
readonly MOST_BYTES=262144

status=0
complain() {
  printf '%s: %s\n' "$image" "$1"
  status=1
}

instructions=$(objdump --disassemble --no-show-raw-insn "$image")
grep -qw rdmsr <<<"$instructions" || complain "has no RDMSR: was it disassembled?"
if found=$(grep -E '\<(wrmsr[a-z]*|xsetbv)\>|mov +%[a-z0-9]+,%(cr|db|dr)[0-9]+' <<<"$instructions"); then
  complain "writes registers: $found"
fi
size=$(stat -c %s "$image")
((size < MOST_BYTES)) || complain "has $size bytes, and must have less than $MOST_BYTES"
exit "$status"
