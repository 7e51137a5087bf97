#!/usr/bin/env bash
# Builds a program with what pkg-config says, and runs it.
#
#   pkg_config.sh PREFIX OUTPUT SOURCE COMPILER [FLAG...]
set -euo pipefail
prefix=$1 output=$2 source=$3
shift 3
for folder in "$prefix"/lib/pkgconfig "$prefix"/lib/*/pkgconfig; do
  [[ -d $folder ]] && export PKG_CONFIG_PATH=$folder
done
# A C++ string literal travels through the shell's quotes.
eval "flags=($(pkg-config --cflags --libs vtprobe-fixtures))"
"$@" -std=c++20 -o "$output" "$source" "${flags[@]}"
LD_LIBRARY_PATH=$(pkg-config --variable=libdir vtprobe-fixtures) "$output"
