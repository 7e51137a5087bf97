#!/usr/bin/env bash
# Makes docs/registers.md and docs/rules.md anew, of the tables that the program
# is built with.
#
#   tools/update-docs.sh [PRESET]    dev without one; builds vtprobe first
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly PRESET=${1-dev}
[[ -d build/$PRESET ]] || cmake --preset "$PRESET"
cmake --build --preset "$PRESET" --target vtprobe
mkdir -p docs
for table in registers rules; do
  "build/$PRESET/bin/vtprobe" "$table" --format markdown -o "docs/$table.md"
done
