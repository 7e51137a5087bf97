#!/usr/bin/env bash
# What a capture asks of the kernel: one pread for each register of each CPU, one
# open for each CPU, and nothing else that grows with the registers.
#
#   count_system_calls.sh PROGRAM
#
# Left out are calls for memory and those by which threads wait for each other:
# their number depends on how the work falls out. Exits with 77 where it can't
# count, and says why.
set -euo pipefail
program=$1

if ! strace -o /dev/null true 2>/dev/null; then
  echo "skipped: strace, which counts system calls, is not installed or may not trace here"
  exit 77
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
for cpu in {0..39}; do
  mkdir "$root/$cpu"
  truncate -s 4096 "$root/$cpu/msr"
done

# With more arenas malloc asks how many CPUs there are, whenever threads meet.
export MALLOC_ARENA_MAX=1

# count CPUS REGISTERS SWEEPS: lines of a call's name and how often it was made.
count() {
  strace -f -c -o "$root/counts" "$program" "$root" "$@" >&2 || {
    echo "the work was not done: $*" >&2
    exit 1
  }
  awk '$4 ~ /^[0-9]+$/ && $NF != "total" { print $NF, $4 }' "$root/counts" |
    grep -vE '^(brk|mmap|munmap|madvise|mprotect|mremap|futex|restart_syscall) ' | sort
}

failed=0
# expect WHAT COUNTED EXPECTED
expect() {
  [[ $2 == "$3" ]] && return
  printf '%s: %s, expected %s\n' "$1" "$2" "$3"
  failed=1
}
of() { sed -n "s/^$1 //p" <<<"$2"; }
others() { grep -v '^pread64 ' <<<"$1"; }

few=$(count 20 30 1)
more_registers=$(count 20 300 1)
more_cpus=$(count 40 30 1)
again=$(count 20 30 3)
own_preads=$(($(of pread64 "$few") - 20 * 30))

expect "preads of 10 times the registers" "$(of pread64 "$more_registers")" $((20 * 300 + own_preads))
expect "preads of twice the CPUs" "$(of pread64 "$more_cpus")" $((40 * 30 + own_preads))
expect "preads of three sweeps" "$(of pread64 "$again")" $((3 * 20 * 30 + own_preads))
expect "other calls with 10 times the registers" "$(others "$more_registers")" "$(others "$few")"
expect "opens of twice the CPUs" "$(of openat "$more_cpus")" $(($(of openat "$few") + 20))
expect "opens of three sweeps" "$(of openat "$again")" "$(of openat "$few")"
expect "preads that are no register's" "$own_preads" "$(count 1 0 1 | sed -n 's/^pread64 //p')"
((failed == 0)) && printf '%s\n' "$few"
