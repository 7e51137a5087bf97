#!/usr/bin/env bash
# That verify-locks and enable, and the program that they start, write no register where
# they refuse to: as the kernel sees them, on this machine. Nothing here is meant to be
# written: where this is no guest, no command says --yes as root.
#
#   writes_nothing.sh WRITER VTPROBE
#
# Exits with 77 where nothing can be traced, and says why.
set -euo pipefail
writer=$1 vtprobe=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 711 "$work"

strace -o /dev/null true 2>/dev/null || { echo "skipped: strace is not installed or may not trace here"; exit 77; }

status=0
readonly WRITES='^[0-9]+ +pwrite(64|v|v2)?\(|open(at)?\(.*"/dev/cpu/[0-9]+/msr", O_(WRONLY|RDWR)'

# expect STATUS WORDS COMMAND...: so it ends, says that, and writes nothing.
expect() {
  local ended=0 expected=$1 words=$2
  shift 2
  strace -f -o "$work/trace" "$@" >"$work/said" 2>&1 </dev/null || ended=$?
  [[ $ended == "$expected" ]] || { echo "$*: ended with $ended, not $expected: $(cat "$work/said")"; status=1; }
  [[ -z $words ]] || grep -qF -e "$words" "$work/said" || { echo "$*: does not say '$words': $(cat "$work/said")"; status=1; }
  if grep -E "$WRITES" "$work/trace"; then
    echo "$*: writes"
    status=1
  fi
}

# What is looked for is seen where it is done.
: >"$work/file"
strace -f -o "$work/trace" python3 -c 'import os, sys
os.pwrite(os.open(sys.argv[1], os.O_WRONLY), b"x", 0)' "$work/file"
grep -qE "$WRITES" "$work/trace" || { echo "a write is not seen"; status=1; }

expect 64 "say --yes" "$vtprobe" verify-locks
for more in "" --in-smx "--yes --dry-run"; do
  # shellcheck disable=SC2086
  expect 64 "say --yes" "$vtprobe" enable $more
done
for words in "" "verify-locks 0" "enable 0" "enable --yes --dry-run 0" "verify-locks --dry-run 0"; do
  # shellcheck disable=SC2086
  expect 64 "" "$writer" $words
done

other=()
if (($(id -u) == 0)); then other=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
# Whoever may not start it is told so by the kernel.
if "${other[@]}" test -x "$writer"; then
  expect 2 "only root" "${other[@]}" "$writer" verify-locks --yes 0
  expect 2 "only root" "${other[@]}" "$writer" enable --yes 0
  expect 2 "only root" "${other[@]}" "$vtprobe" verify-locks --yes --cpus 0
  expect 2 "only root" "${other[@]}" "$vtprobe" enable --yes
fi
if (($(id -u) == 0)) && grep -qw hypervisor /proc/cpuinfo; then
  expect 2 "this is a guest" "$vtprobe" verify-locks --yes
  expect 2 "this is a guest" "$vtprobe" enable --yes
  expect 2 "this is a guest" "$vtprobe" enable --dry-run
fi
exit "$status"
