#!/usr/bin/env bash
# That a program needs no other file to start: neither a loader nor a library.
#
#   one_file.sh PROGRAM
set -euo pipefail
program=$1
status=0
if readelf --program-headers --wide "$program" | grep INTERP; then
  echo "it asks for a loader"
  status=1
fi
if readelf --dynamic --wide "$program" | grep NEEDED; then
  echo "it asks for a library"
  status=1
fi
exit "$status"
