#!/usr/bin/env bash
# Makes probes/REGISTERS.md and probes/RULES.md anew, of the tables that the program
# is built with.
#
#   tools/update-docs.sh [PRESET]    dev without one; builds vtprobe first
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PRESET=${1-dev}
[[ -d build/$PRESET ]] || cmake --preset "$PRESET"
cmake --build --preset "$PRESET" --target vtprobe
for table in registers rules; do
  "build/$PRESET/bin/vtprobe" "$table" --format markdown -o "probes/${table^^}.md"
done
