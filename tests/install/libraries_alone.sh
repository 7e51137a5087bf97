#!/usr/bin/env bash
# Installs the libraries from a build that has them and nothing else.
#
#   libraries_alone.sh BUILD SOURCE ALONE PREFIX [CMAKE-ARGUMENT...]
#
# What the target vtprobe_libraries would build is asked and not built again: its
# archives are those of BUILD.
set -euo pipefail
build=$1 source=$2 alone=$3 prefix=$4
shift 4
rm -rf "$alone" "$prefix"
cmake -S "$source" -B "$alone" -DBUILD_TESTING=OFF "$@"
planned=$(ninja -C "$alone" -t commands vtprobe_libraries)
grep -q "libvtprobe_hal" <<<"$planned" || { echo "the libraries are not built" >&2; exit 1; }
if grep -E "tools/.*\.o\b" <<<"$planned"; then
  echo "the libraries do not need these" >&2
  exit 1
fi
(cd "$build" && find hal probes fixtures -name 'libvtprobe_*' -exec cp --parents -t "$alone" {} +)
cmake --install "$alone" --prefix "$prefix"
