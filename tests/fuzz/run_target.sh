#!/usr/bin/env bash
# Fuzzes one target for some seconds. What it finds worth keeping goes to FOUND,
# so that the next run goes on from there; a crash is left in the folder in which
# this runs.
#
#   run_target.sh SECONDS PROGRAM FOUND SEEDS...
#
# Beside the seeds there are archives of them, made here. Where VTPROBE_CORPUS
# names a folder of recordings by others, the small ones are seeds too. With
# VTPROBE_FUZZ_SEED=random the fuzzer begins elsewhere each time; else from the
# same number, so that a run can be repeated.
set -euo pipefail
seconds=$1 program=$2 found=$3
shift 3

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
if [[ -d ${VTPROBE_CORPUS:-} ]]; then
  number=0
  while IFS= read -r -d '' file; do
    cp -- "$file" "$made/$((++number))"
  done < <(find "$VTPROBE_CORPUS" -type f -size -32k -print0)
fi
# Three of a folder's files are enough to have members; compressors that are not
# there are done without.
members=$(find "$1" "${2:-$1}" -maxdepth 1 -type f -size -8k | head -n 3)
for compressor in none gzip bzip2 xz zstd; do
  option=(--use-compress-program "$compressor")
  [[ $compressor != none ]] || option=()
  tar --create --file "$made/archive.$compressor" "${option[@]}" --transform 's,.*/,m/,' \
    --absolute-names $members 2>/dev/null || rm -f "$made/archive.$compressor"
done

seed=(-seed=1)
[[ ${VTPROBE_FUZZ_SEED:-} != random ]] || seed=()
"$program" "${seed[@]}" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
  -verbosity=0 -print_final_stats=1 -dict="$(dirname "${BASH_SOURCE[0]}")/words.dict" "$found" "$@" "$made"
