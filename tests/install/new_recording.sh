#!/usr/bin/env bash
# A new recording is a new test case of the decode suite, without a build.
#
#   new_recording.sh BUILD DUMPS
set -euo pipefail
build=$1 dumps=$2
cases() { ctest --test-dir "$build" --verbose | grep -oE '[[] +OK ] OurDumps/[^ ]*' || true; }
rm -rf "$dumps/lab/board-8"
printf '%s\nthen\n' "$(cases)"
cp -r "$dumps/lab/board-7" "$dumps/lab/board-8"
cases | tee /dev/stderr | grep -q 'OurDumps/OurBoards.LeaveVirtualizationOn/lab_board_8'
rm -rf "$dumps/lab/board-8"
