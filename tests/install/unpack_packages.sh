#!/usr/bin/env bash
# Makes the Debian packages of a build and unpacks them into an empty root.
#
#   unpack_packages.sh BUILD ROOT
set -euo pipefail
build=$1 root=$2
rm -rf "$root" "$root.packages"
cpack --config "$build/CPackConfig.cmake" -B "$root.packages"
shopt -s nullglob
for name in vtprobe libvtprobe-dev vtprobe-dumps; do
  packages=("$root.packages/${name}"_*.deb)
  ((${#packages[@]} == 1)) || { echo "no package $name" >&2; exit 1; }
  dpkg-deb --extract "${packages[0]}" "$root"
  [[ -f $root/usr/share/doc/$name/copyright ]] || { echo "$name has no copyright" >&2; exit 1; }
done
