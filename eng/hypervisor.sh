# shellcheck shell=bash
# shellcheck disable=SC2034  # run reads what is set here
# What ./run knows of this machine's own hypervisor. Sourced after setup.sh.

# Each sets `uri` and says in `hypervisor_note` what had to be done.
answers() { timeout 90 virsh -q -c "$1" version --daemon >/dev/null 2>&1; }

find_or_start_libvirt() {
  hypervisor_note=
  if [ "$(id -u)" != 0 ] && ! answers qemu:///system && ! can_be_root; then
    start_session_daemon
    return
  fi
  uri=qemu:///system
  answers "$uri" && return
  if [ -d /run/systemd/system ]; then
    as_root systemctl start libvirtd 2>/dev/null || as_root systemctl start virtqemud.socket virtnetworkd.socket virtstoraged.socket
    hypervisor_note="started by systemd"
  else
    give_kvm_to_its_group
    # Each daemon keeps itself to one: a second start ends at once.
    as_root mkdir -p /run/libvirt
    as_root /usr/sbin/virtlogd -d 2>/dev/null || true
    as_root /usr/sbin/virtlockd -d 2>/dev/null || true
    as_root /usr/sbin/libvirtd -d
    hypervisor_note="started, as there is no systemd to do it"
  fi
  wait_for_libvirt "/var/log/libvirt or journalctl"
  if [ "$(id -u)" != 0 ] && ! answers "$uri"; then
    start_session_daemon
    hypervisor_note="$hypervisor_note; the session's own, until you are in the group libvirt: sudo adduser $USER libvirt"
  fi
}

# What udev does where it runs. Without it libvirt's QEMU user may not open /dev/kvm though libvirtd may, and libvirt
# (9.0) then asks QEMU anew what it can do at every call: seconds each.
give_kvm_to_its_group() {
  if [ -e /dev/kvm ] && [ "$(stat -c %G /dev/kvm)" = root ] && getent group kvm >/dev/null; then
    as_root chgrp kvm /dev/kvm
    as_root chmod 660 /dev/kvm
  fi
}

start_session_daemon() {
  uri=qemu:///session
  hypervisor_note="your session's own, as you may not become root"
  answers "$uri" && return
  /usr/sbin/libvirtd -d
  wait_for_libvirt "${XDG_CACHE_HOME:-$HOME/.cache}/libvirt"
}

wait_for_libvirt() { # WHERE-ITS-LOGS-ARE
  local tries
  for tries in $(seq 30); do
    answers "$uri" && return
    sleep 1
  done
  die "libvirt does not answer at $uri after $tries s; look into $1"
}

# Sets `accel` to kvm or tcg. A /dev/kvm that is there may still not run a kernel (nested and paravirtual hosts), so
# it is tried: the hello image must come to its prompt. What was found is kept until the machine starts anew.
measure_acceleration() { # HELLO-IMAGE
  local memo log tries pid
  accel=tcg
  accel_note="this machine has no /dev/kvm"
  [ -e /dev/kvm ] || return 0
  accel_note="/dev/kvm may not be opened by $(id -un)"
  [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 0
  memo=${XDG_CACHE_HOME:-$HOME/.cache}/anyvisor/accel-$(cat /proc/sys/kernel/random/boot_id)
  accel_note="/dev/kvm is there, but the kernel of a guest does not start with it"
  if [ -s "$memo" ]; then
    accel=$(<"$memo")
  else
    log=$(mktemp)
    qemu-system-x86_64 -accel kvm -m 256 -nic none -display none -serial "file:$log" -monitor none -no-reboot \
      -drive "file=$1,format=qcow2,if=virtio,snapshot=on" </dev/null >/dev/null 2>&1 &
    pid=$!
    for tries in $(seq "${ANYVISOR_KVM_SECONDS:-15}"); do
      if grep -aq 'login:' "$log"; then accel=kvm; break; fi
      kill -0 "$pid" 2>/dev/null || break
      sleep 1
    done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    rm -f "$log" "${memo%-*-*-*-*-*}"-*
    mkdir -p "$(dirname "$memo")"
    echo "$accel" >"$memo"
  fi
  [ "$accel" = tcg ] || accel_note="/dev/kvm works: a guest came to its prompt with it"
}
