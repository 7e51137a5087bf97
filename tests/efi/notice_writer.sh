#!/usr/bin/env bash
# An image that writes a register is noticed, each way to write one.
#
#   notice_writer.sh check_image.sh COMPILER
set -euo pipefail

check=$1 compiler=$2
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

for instruction in wrmsr xsetbv 'mov %rax, %cr4' 'mov %rax, %db7'; do
  printf '.text\nrdmsr\n%s\nret\n' "$instruction" >"$folder/image.s"
  "$compiler" -c "$folder/image.s" -o "$folder/image"
  if said=$(bash "$check" "$folder/image"); then
    echo "nothing is said of $instruction"
    exit 1
  fi
  grep -F 'writes registers' <<<"$said"
done
printf '.text\nret\n' >"$folder/image.s"
"$compiler" -c "$folder/image.s" -o "$folder/image"
! bash "$check" "$folder/image"
