#!/bin/bash
# up.sh TCPPORT [SSHPORT]: runs the Xen host of build.sh inside QEMU (emulation) until its libvirt answers; down.sh stops it.
#   xen+tcp://127.0.0.1:TCPPORT/system   no authentication
#   xen+ssh: SSHPORT (TCPPORT + 1) as root with the key $XEN/id_ed25519, host key in $XEN/known_hosts
# The first time it builds the host, boots it and saves the running machine; later it goes on from there within seconds.
# A kernel and initrd for guests are in the host at /var/lib/libvirt/images/hello/, a blank disk at ../disk1.raw.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: up.sh TCPPORT [SSHPORT]" >&2; exit 2; }
tcp=$1 ssh=${2:-$(($1 + 1))}
run=${BEDS:-$here/run}/xen
uri=xen+tcp://127.0.0.1:$tcp/system
key=$({ cat "$here"/{build.sh,hook-essential,hook-customize,init,vif-fast} "$here"/../hello/{lib.sh,rootfs/etc/*} 2>/dev/null; qemu-system-x86_64 --version; } | sha256sum | cut -c1-16)
XEN=${XEN:-${XDG_CACHE_HOME:-$HOME/.cache}/anyvisor/xen-$key}

[ -s "$XEN/base.qcow2" ] || "$here/build.sh" "$XEN"
"$here/down.sh"
mkdir -p "$run"
cd "$run"

# hmp COMMAND: one command to QEMU's monitor.
hmp() {
  python3 - "$run/qmp" "$1" <<'P'
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
f = s.makefile("rw")
f.readline()
for command in ({"execute": "qmp_capabilities"},
                {"execute": "human-monitor-command", "arguments": {"command-line": sys.argv[2]}}):
    f.write(json.dumps(command) + "\n")
    f.flush()
    while not ((reply := json.loads(f.readline())).keys() & {"return", "error"}):
        pass
sys.stdout.write(str(reply.get("return", "")))
sys.exit(reply.get("error", {}).get("desc") or (reply["return"] if isinstance(reply["return"], str) and "rror" in reply["return"] else 0))
P
}

# boot [QEMU ARGUMENT...]
boot() {
  : >console.log
  qemu-system-x86_64 -name xenhost -machine pc -accel tcg,thread=multi,tb-size=512 -cpu qemu64,+svm,+npt -smp 2 -m 2048 \
    -drive file=disk.qcow2,if=none,id=disk,cache=unsafe,discard=unmap -device virtio-blk-pci,drive=disk \
    -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$ssh-:22,hostfwd=tcp:127.0.0.1:$tcp-:16509" \
    -device virtio-net-pci,netdev=net,romfile= -vga none -display none -monitor none -serial file:console.log \
    -qmp unix:qmp,server=on,wait=off -no-reboot -daemonize -pidfile qemu.pid \
    -kernel "$XEN/xen" -append "console=com1 com1=115200,8n1 dom0_mem=1024M,max:1024M loglvl=warning guest_loglvl=warning" \
    -initrd "$XEN/vmlinuz root=/dev/vda rw console=hvc0 quiet,$XEN/initrd" "$@"
}

answers() { timeout 20 virsh -q -c "$uri" hostname >/dev/null 2>&1; }

wait_for_libvirt() { # SECONDS
  local end=$((SECONDS + $1))
  while [ $SECONDS -lt $end ]; do
    kill -0 "$(cat qemu.pid)" 2>/dev/null || { echo "up.sh: the Xen host ended; its console:" >&2; tail -n 20 console.log >&2; return 1; }
    if [ -n "${resumed:-}" ] || grep -aq HOST-READY console.log; then answers && return; fi
    sleep 1
  done
  echo "up.sh: libvirt in the Xen host gave no answer within $1 s; its console:" >&2
  tail -n 20 console.log >&2
  return 1
}

resumed=
if [ -s "$XEN/ready.qcow2" ]; then
  cp --reflink=auto "$XEN/ready.qcow2" disk.qcow2
  resumed=1
  boot -loadvm ready
else
  rm -f disk.qcow2
  qemu-img create -q -f qcow2 -b "$XEN/base.qcow2" -F qcow2 disk.qcow2
  boot
fi
wait_for_libvirt 600
if [ -z "$resumed" ]; then
  hmp 'savevm ready'
  hmp stop
  cp disk.qcow2 "$XEN/ready.qcow2.part"
  mv "$XEN/ready.qcow2.part" "$XEN/ready.qcow2"
  hmp cont
  answers
fi
cat <<C
xen host
  tcp   $uri
  ssh   port $ssh, key $XEN/id_ed25519, known hosts $XEN/known_hosts
C
