#!/usr/bin/env bash
# That what reads registers can't write one: a register is written by pwrite(2) on its
# device, and the programs that read link neither that call nor one that could stand in
# for it, nor any code of the writer. The writer itself is the proof that this is seen.
#
#   links_no_writer.sh WRITER PROGRAM...
set -euo pipefail
writer=$1
shift

readonly CALLS='^(pwrite|pwrite64|pwritev|pwritev2|pwritev64|process_vm_writev|aio_write|io_uring_.*|iopl|ioperm)(@|$)'
# What is asked of the C library and of others when it is started.
calls() { nm -D --undefined-only "$1" | awk '{print $2}' | grep -E "$CALLS" || true; }
code() { nm -C "$1" 2>/dev/null | grep -cE 'vtprobe::msr_writer|vtprobe::MsrWriter' || true; }

status=0
[[ -n $(calls "$writer") ]] || { echo "$writer links no call that writes: what is looked for is not what it uses"; status=1; }
(($(code "$writer") > 0)) || echo "note: $writer has no symbols: code is not looked for"
for program in "$@"; do
  found=$(calls "$program")
  [[ -z $found ]] || { echo "$program links $found"; status=1; }
  (($(code "$program") == 0)) || { echo "$program has code of the writer"; status=1; }
done
exit "$status"
