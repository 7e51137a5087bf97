#!/usr/bin/env bash
# Looks at the sources without running them.
#
#   tools/lint.sh format   clang-format would change nothing, of the page's script either
#   tools/lint.sh tidy     clang-tidy finds nothing in hal, probes, fixtures/src, tools,
#                          bench (minutes; seconds where nothing has changed). With
#                          --turn N a fifth of them, and those that changed lately
#
# Version 14 of either decides. A release that lacks it has a later one, which may
# want some places otherwise. Needs what tools/setup.sh --packages-only --with-clang installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The one of these programs that is installed, 14 before any other.
first_of() {
  local version versions
  read -ra versions <cmake/clang-versions
  for version in "${versions[@]/#/-}" ""; do
    command -v "$1$version" && return
  done
  echo "lint.sh: there is no $1; tools/setup.sh --packages-only --with-clang installs it" >&2
  return 1
}

format() {
  local clang_format
  clang_format=$(first_of clang-format)
  git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' '*.js' |
    xargs -0 "$clang_format" --dry-run -Werror
}

tidy() {
  cmake --preset clang >/dev/null
  # One source takes in what another program of ours prints.
  cmake --build --preset clang --target vtprobe_system_calls >/dev/null
  local clang_tidy
  clang_tidy=$(first_of clang-tidy)
  CLANG_TIDY=$clang_tidy tools/tidy.py "$@" build/clang hal probes fixtures/src tools bench
}

case ${1-} in
  format | tidy) "$@" ;;
  *)
    echo "usage: tools/lint.sh format | tidy [--turn N]" >&2
    exit 2
    ;;
esac
