#!/bin/bash
# down.sh: stops the Xen host of up.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
run=${BEDS:-$here/run}/xen
pid=$(cat "$run/qemu.pid" 2>/dev/null) || exit 0
if grep -qs xenhost "/proc/$pid/cmdline"; then
  kill "$pid"
  for _ in $(seq 100); do [ -d "/proc/$pid" ] || break; sleep .1; done
fi
rm -f "$run/qemu.pid"
