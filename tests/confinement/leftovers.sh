#!/usr/bin/env bash
# What is left of an output file when vtprobe is ended at any moment: the old file
# or the whole new one, and nothing beside it.
#
#   leftovers.sh VTPROBE DUMP
#
# Exits with 77 where a call can't be held up, and says why.
set -euo pipefail
vtprobe=$1
dump=$2

if ! strace -o /dev/null true 2>/dev/null; then
  echo "skipped: strace, which holds calls up, is not installed or may not trace here"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$vtprobe" check --replay "$dump" >"$work/whole" || true

# The vtprobe that a tracer has started; nothing if it has ended before.
started_by() {
  for _ in {1..40}; do
    pgrep -P "$1" -x vtprobe && return
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.05
  done
}

status=0
round=0
# Held up before and after each call that changes a folder or writes the file, and
# ended meanwhile.
for call in fsync linkat renameat2; do
  for moment in enter exit; do
    for signal in TERM HUP; do
      for old in none old; do
        rm -rf "$work/folder"
        mkdir "$work/folder"
        [[ $old == none ]] || echo "$old" >"$work/folder/answer"
        strace -f -qq -o /dev/null -e "inject=$call:delay_$moment=60000:when=1+" \
          "$vtprobe" check --replay "$dump" -o "$work/folder/answer" >/dev/null 2>&1 &
        tracer=$!
        victim=$(started_by "$tracer")
        sleep "0.$(printf %02d $((++round * 7 % 40)))"
        [[ -z $victim ]] || kill "-$signal" "$victim" 2>/dev/null || true
        wait "$tracer" 2>/dev/null || true
        left=$(ls -A "$work/folder")
        if [[ $left != answer && -n $left ]]; then
          echo "$signal at $call ($moment), $old: left $left"
          status=1
        fi
        if [[ -e $work/folder/answer ]] && ! cmp -s "$work/folder/answer" "$work/whole" &&
          [[ $(<"$work/folder/answer") != old ]]; then
          echo "$signal at $call ($moment): a torn file"
          status=1
        fi
        if [[ $old == old && ! -e $work/folder/answer ]]; then
          echo "$signal at $call ($moment): the old file has gone"
          status=1
        fi
      done
    done
  done
done
exit "$status"
