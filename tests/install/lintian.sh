#!/usr/bin/env bash
# That Debian's checker of packages finds no error in these.
#
#   lintian.sh FOLDER NAME...
#
# Exits with 77 where it is not installed.
set -euo pipefail
command -v lintian >/dev/null || { echo "skipped: lintian is not installed"; exit 77; }
cd "$1"
shift
for name in "$@"; do lintian --fail-on error "${name}"_*.deb; done
