#!/bin/bash
# --- Start MAAS 1.0 script metadata ---
# name: vtprobe
# title: Hardware virtualization
# description: Is it usable on every CPU, and what did firmware leave open?
# script_type: testing
# hardware_type: cpu
# parallel: any
# timeout: 00:02:00
# results:
#   usable:
#     title: Usable
#     description: Hardware virtualization, on every CPU
#   failing:
#     title: Rules that fail
#     description: Of those that the profile counts
# parameters:
#   profile:
#     type: string
#     default: kvm-host
# --- End MAAS 1.0 script metadata ---
#
# Needs the static file at the address in VTPROBE_URL, or vtprobe installed.
set -u
profile=kvm-host
for argument in "$@"; do
  case $argument in
    --profile=*) profile=${argument#*=} ;;
  esac
done

vtprobe=vtprobe
if ! command -v vtprobe >/dev/null; then
  vtprobe=./vtprobe
  curl --fail --silent --show-error --location -o "$vtprobe" "${VTPROBE_URL:?}" || exit 2
  chmod +x "$vtprobe"
fi
modprobe msr 2>/dev/null

status=0
"$vtprobe" check --profile "$profile" || status=$?
if [[ -n ${RESULT_PATH-} ]]; then
  labels=$("$vtprobe" check --profile "$profile" --format nfd)
  value() { sed -n "s/.*vtprobe\\.$1=//p" <<<"$labels"; }
  case $status in
    0) result=passed ;;
    1 | 3) result=failed ;;
    *) result=degraded ;;
  esac
  printf 'status: %s\nresults:\n  usable: "%s"\n  failing: "%s"\n' \
    "$result" "$(value usable)" "$(value failing-rules)" >"$RESULT_PATH"
fi
exit "$status"
