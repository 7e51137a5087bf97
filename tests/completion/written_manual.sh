#!/usr/bin/env bash
# That a manual page which a person wrote is one: formatted without a warning, with each
# option of its program's own and each exit status that --help names, and no other option.
#
#   written_manual.sh PAGE PROGRAM
#
# Exits with 77 where there is no groff.
set -euo pipefail
page=$1 program=$2
command -v groff >/dev/null || { echo "skipped: groff is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
groff -man -Tutf8 -P-cbou -ww -rLL=200n "$page" >"$work/text" 2>"$work/warnings"
"$program" --help >"$work/help"
status=0
if [[ -s $work/warnings ]]; then
  cat "$work/warnings"
  status=1
fi
# A section of the page.
section() { awk -v heading="$1" '/^[A-Z]/ { inside = $0 == heading } inside' "$work/text"; }
options() { grep -oE -e '--[a-z][a-z_-]+' | sort -u; }
# GoogleTest's options are many, and its own to tell of.
for option in --help $(options <"$work/help" | grep -v '^--gtest_'); do
  section OPTIONS | grep -qwF -e "$option" || { echo "nothing of $option"; status=1; }
done
for option in $(section OPTIONS | options | grep -vx -e --help); do
  grep -qwF -e "$option" "$work/help" || { echo "$program has no $option"; status=1; }
done
# "Exit status: 0 all passed, 1 one failed, 64 usage"
while read -r code; do
  section "EXIT STATUS" | grep -qwF "$code" || { echo "nothing of exit status $code"; status=1; }
done < <(sed -n '/^ *Exit status/,$p' "$work/help" | grep -oE '[0-9]+' | sort -u)
exit "$status"
