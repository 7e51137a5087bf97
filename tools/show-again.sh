#!/usr/bin/env bash
# A document in which each block that begins with "$ vtprobe ..." shows what that
# command prints now, and "$ echo $?" its exit status.
#
#   tools/show-again.sh VTPROBE <DOCUMENT    run where the commands' paths begin
set -euo pipefail

readonly VTPROBE=$1
status=0
is_shown=
while IFS= read -r line; do
  case $line in
    '$ vtprobe '*)
      is_shown=1
      printf '%s\n' "$line"
      # None of the commands has a quote or a pattern in it.
      read -ra words <<<"${line#\$ vtprobe }"
      "$VTPROBE" "${words[@]}" </dev/null 2>&1 && status=0 || status=$?
      continue
      ;;
    '$ echo $?')
      printf '%s\n%s\n' "$line" "$status"
      continue
      ;;
    '```') is_shown= ;;
  esac
  [[ $is_shown ]] || printf '%s\n' "$line"
done
