#!/bin/bash
# down.sh NAME [--purge]: stops a host of up.sh with its guests; --purge removes its files too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: down.sh NAME [--purge]" >&2; exit 2; }
beds=${BEDS:-$here/run}
host=$beds/$1

# A pid file may be stale: only a process whose mount namespace is this host's is ours to end.
ours() { [ -n "$1" ] && grep -qs " /run/libvirt " "/proc/$1/mountinfo" && grep -qs "$host/run" "/proc/$1/mountinfo"; }

stop() { # SIGNAL PIDFILE...
  local signal=$1 file pid; shift
  for file; do
    pid=$(cat "$file" 2>/dev/null) || continue
    if ours "$pid"; then kill "-$signal" "$pid" 2>/dev/null || true; fi
  done
}

wait_gone() { # PIDFILE...
  local file pid tries
  for file; do
    pid=$(cat "$file" 2>/dev/null) || continue
    for tries in $(seq 100); do ours "$pid" || break; sleep .1; done
    ! ours "$pid" || { echo "down.sh: process $pid of host '${host##*/}' does not end after $((tries / 10)) s; killing it" >&2; kill -9 "$pid"; }
  done
}

stop TERM "$host"/run/qemu/*.pid "$host"/run/lxc/*.pid "$host"/run/network/*.pid
stop TERM "$host"/run/libvirtd.pid
wait_gone "$host"/run/libvirtd.pid
stop TERM "$host"/run/virtlockd.pid "$host"/run/virtlogd.pid
wait_gone "$host"/run/virtlockd.pid "$host"/run/virtlogd.pid
if [ "${2:-}" = --purge ]; then rm -rf "$host"; fi
