#!/usr/bin/env bash
# Installs a build for somebody to develop with, and moves it, so that a path
# that was written down where it was installed leads nowhere.
#
#   install_tree.sh BUILD PREFIX
set -euo pipefail
build=$1 prefix=$2
rm -rf "$prefix" "$prefix.before"
for component in runtime development dumps; do
  cmake --install "$build" --prefix "$prefix.before" --component "$component" >/dev/null
done
mv "$prefix.before" "$prefix"
if grep -rlF "$prefix.before" "$prefix/lib"*/cmake "$prefix/lib"*/pkgconfig; then
  echo "these files name the place that they were installed to" >&2
  exit 1
fi
