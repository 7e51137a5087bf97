#!/usr/bin/env bash
# That the manual page is one: formatted without a warning, and with each command
# and option that --help names.
#
#   manual.sh VTPROBE
#
# Exits with 77 where there is no groff.
set -euo pipefail
vtprobe=$1
command -v groff >/dev/null || { echo "skipped: groff is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$vtprobe" manual -o "$work/vtprobe.1"
groff -man -Tutf8 -P-cbou -ww -rLL=200n "$work/vtprobe.1" >"$work/text" 2>"$work/warnings"
status=0
if [[ -s $work/warnings ]]; then
  cat "$work/warnings"
  status=1
fi
for command in $("$vtprobe" --help | sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p'); do
  grep -qx "   vtprobe $command" "$work/text" || { echo "nothing of $command"; status=1; }
  for option in $("$vtprobe" "$command" --help | grep -oE '^  (-[a-zA-Z],)?--[a-z-]+' | grep -oE -e '--.*'); do
    grep -qwF -e "$option" "$work/text" || { echo "nothing of $command $option"; status=1; }
  done
done
exit "$status"
