#!/usr/bin/env bash
# Shared libraries carry their version, and show nothing but what is ours.
#
#   check_shared.sh LIBDIR VERSION SOVERSION NAME...
set -euo pipefail
libdir=$1 version=$2 soversion=$3
shift 3
(($# > 0)) || { echo "no library is named" >&2; exit 1; }
status=0
complain() {
  printf '%s\n' "$1"
  status=1
}
for name in "$@"; do
  library=$libdir/libvtprobe_$name.so.$version
  [[ -f $library ]] || { complain "there is no $library"; continue; }
  readelf -d "$library" | grep -qF "soname: [libvtprobe_$name.so.$soversion]" ||
    complain "$library has another SONAME than libvtprobe_$name.so.$soversion"
  foreign=$(nm -D --defined-only "$library" |
    grep -vE " _ZN?K?7vtprobe| _ZNK?7vtprobe| _ZT[ISVT]N7vtprobe| VTPROBE_$soversion\$" || true)
  [[ -z $foreign ]] || complain "$library shows: $foreign"
  unresolved=$(ldd -r "$library" 2>&1 | grep -E 'undefined symbol|not found' || true)
  [[ -z $unresolved ]] || complain "$library lacks: $unresolved"
done
exit "$status"
