#!/usr/bin/env bash
# Builds a consumer's project and runs its tests.
#
#   consume.sh SOURCE BUILD [CMAKE-ARGUMENT...]
set -euo pipefail
source=$1 build=$2
shift 2
cmake -S "$source" -B "$build" "$@"
cmake --build "$build" --parallel 2
ctest --test-dir "$build" --output-on-failure --no-tests=error
