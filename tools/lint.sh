#!/usr/bin/env bash
# Looks at the sources without running them.
#
#   tools/lint.sh format   clang-format 14 would change nothing
#   tools/lint.sh tidy     clang-tidy 14 finds nothing in hal, probes, fixtures/src, tools,
#                          bench (minutes; seconds where nothing has changed)
#
# Needs what tools/setup.sh --packages-only --with-clang installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

format() {
  git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' |
    xargs -0 clang-format-14 --dry-run -Werror
}

tidy() {
  cmake --preset clang >/dev/null
  # One source takes in what another program of ours prints.
  cmake --build --preset clang --target vtprobe_system_calls >/dev/null
  tools/tidy.py build/clang hal probes fixtures/src tools bench
}

case ${1-} in
  format | tidy) "$1" ;;
  *)
    echo "usage: tools/lint.sh format|tidy" >&2
    exit 2
    ;;
esac
