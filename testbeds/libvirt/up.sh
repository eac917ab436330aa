#!/bin/bash
# up.sh NAME TCPPORT TLSPORT: starts a private libvirt host and prints how to reach it. down.sh NAME stops it.
# With SASL=1 the unix socket and TLS ask for a sign-in: user anyvisor, password 'throw-away pencil'.
#
# A host is a libvirtd (with virtlogd and virtlockd) in a mount and UTS namespace of its own: its own /etc/libvirt,
# /var/lib/libvirt, /run/libvirt and certificates, so that several run side by side and leave the machine's own libvirt
# alone. They share the network namespace: TCP (no authentication) and TLS listen on 127.0.0.1, and guests can migrate
# from one to another. QEMU and LXC guests both work. Root, Debian 12, no systemd; the files are in $BEDS (run/ here).
#
#   $BEDS/NAME/run/libvirt-sock                     unix socket
#   $BEDS/pki/{cacert,clientcert,clientkey}.pem     throw-away CA and client certificate
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 3 ] || { echo "usage: up.sh NAME TCPPORT TLSPORT" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "up.sh: must run as root (it makes a mount namespace)" >&2; exit 1; }
name=$1 tcp=$2 tls=$3
beds=${BEDS:-$here/run}
host=$beds/$name
cache=${XDG_CACHE_HOME:-$HOME/.cache}/anyvisor/libvirt

install_missing() {
  local package missing=()
  for package in libvirt-daemon-system libvirt-daemon-driver-lxc libvirt-clients qemu-system-x86 qemu-utils \
    genisoimage openssl dnsmasq-base iptables busybox-static ${SASL:+sasl2-bin libsasl2-modules}; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] || DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q -y \
    install --no-install-recommends "${missing[@]}" </dev/null >&2
}

# One CA for all hosts below $beds, a server and a client certificate signed by it.
make_certificates() {
  [ ! -s "$beds/pki/clientcert.pem" ] || return 0
  mkdir -p "$beds/pki"
  (
    cd "$beds/pki"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout cakey.pem -out cacert.pem -days 3650 \
      -subj "/CN=Anyvisor test CA" -addext keyUsage=critical,keyCertSign,cRLSign
    issue() { # FILES COMMON-NAME ALTERNATIVE-NAMES USAGE
      openssl req -newkey rsa:2048 -nodes -keyout "$1key.pem" -out "$1.csr" -subj "/CN=$2"
      openssl x509 -req -in "$1.csr" -CA cacert.pem -CAkey cakey.pem -CAcreateserial -days 3650 -out "$1cert.pem" \
        -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=%s\n' "$3" "$4")
      rm "$1.csr"
    }
    issue server localhost DNS:localhost,IP:127.0.0.1 serverAuth,clientAuth
    issue client client DNS:client clientAuth
  ) 2>"$beds/pki/openssl.log" || { cat "$beds/pki/openssl.log" >&2; return 1; }
}

install_certificates() {
  mkdir -p "$host"/pki/{CA,libvirt/private,qemu}
  cp "$beds/pki/cacert.pem" "$host/pki/CA/"
  cp "$beds/pki/cacert.pem" "$host/pki/qemu/ca-cert.pem"
  local side
  for side in server client; do
    cp "$beds/pki/${side}cert.pem" "$host/pki/libvirt/"
    cp "$beds/pki/${side}key.pem" "$host/pki/libvirt/private/"
    cp "$beds/pki/${side}cert.pem" "$host/pki/qemu/$side-cert.pem"
    cp "$beds/pki/${side}key.pem" "$host/pki/qemu/$side-key.pem"
  done
}

configure() {
  mkdir -p "$host"/{etc,lib,run,log} "$cache"
  [ -d "$host/etc/qemu" ] || cp -a /etc/libvirt/. "$host/etc/"
  rm -f "$host"/etc/qemu/networks/autostart/*
  # All hosts know each other by name: a migration to 'b' needs no address.
  [ -s "$beds/hosts" ] || grep -v "^#" /etc/hosts >"$beds/hosts"
  grep -qx "127.0.0.1 $name" "$beds/hosts" || echo "127.0.0.1 $name" >>"$beds/hosts"
  local sum sign_in=none; sum=$(printf %s "$name" | md5sum)
  if [ -n "${SASL:-}" ]; then sign_in=sasl; configure_sasl; fi
  cat >"$host/etc/libvirtd.conf" <<C
listen_tls = 1
listen_tcp = 1
listen_addr = "127.0.0.1"
tcp_port = "$tcp"
tls_port = "$tls"
auth_tcp = "none"
auth_tls = "$sign_in"
auth_unix_ro = "none"
auth_unix_rw = "$sign_in"
unix_sock_group = "root"
unix_sock_rw_perms = "0777"
max_clients = 5000
max_client_requests = 50
host_uuid = "${sum:0:8}-${sum:8:4}-${sum:12:4}-${sum:16:4}-${sum:20:12}"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
C
  # Guests of several hosts share one network namespace: each host has its own range of ports.
  cat >"$host/etc/qemu.conf" <<C
user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
namespaces = []
vnc_listen = "127.0.0.1"
migration_port_min = $((40000 + tcp % 1000 * 16))
migration_port_max = $((40000 + tcp % 1000 * 16 + 15))
remote_display_port_min = $((5900 + tcp % 1000 * 16))
remote_display_port_max = $((5900 + tcp % 1000 * 16 + 255))
C
}

# SCRAM for users of the host's own database. Their realm is the host's name, as libvirt leaves it to SASL.
configure_sasl() {
  mkdir -p "$host/sasl2"
  printf 'mech_list: scram-sha-256 plain\npwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: /etc/sasl2/passwd.db\n' \
    >"$host/sasl2/libvirt.conf"
  printf 'throw-away pencil' | saslpasswd2 -p -c -f "$host/sasl2/passwd.db" -a libvirt -u "$name" anyvisor
}

# Runs inside the new namespaces. Hybrid cgroups are unmounted there because libvirt's LXC driver fails on them.
start_daemons() {
  hostname "$name"
  mkdir -p /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run/libvirt /etc/pki
  mount --bind "$host/etc" /etc/libvirt
  mount --bind "$host/lib" /var/lib/libvirt
  mount --bind "$cache" /var/cache/libvirt   # what QEMU can do: slow to find out, the same for all
  mount --bind "$host/log" /var/log/libvirt
  mount --bind "$host/run" /run/libvirt
  mount --bind "$host/pki" /etc/pki
  mount --bind "$beds/hosts" /etc/hosts
  [ ! -d "$host/sasl2" ] || mount --bind "$host/sasl2" /etc/sasl2
  umount /sys/fs/cgroup/unified 2>/dev/null || true
  mkdir -p /var/lib/libvirt/images/small   # a disk that is soon full
  mount -t tmpfs -o size=20m small /var/lib/libvirt/images/small
  rm -f /run/libvirt/*.pid
  cd /
  /usr/sbin/virtlogd -d -p /run/libvirt/virtlogd.pid
  /usr/sbin/virtlockd -d -p /run/libvirt/virtlockd.pid
  /usr/sbin/libvirtd -d -l -p /run/libvirt/libvirtd.pid
}

wait_until_it_answers() {
  local uri="qemu+unix:///system?socket=$host/run/libvirt-sock-ro" tries
  for tries in $(seq 150); do
    [ -S "$host/run/libvirt-sock" ] && virsh -q -r -c "$uri" version --daemon >/dev/null 2>&1 && return
    sleep .2
  done
  echo "up.sh: libvirtd of host '$name' gave no answer after $((tries / 5)) s; its log:" >&2
  tail -n 20 "$host/log/libvirtd.log" >&2
  return 1
}

install_missing
"$here/down.sh" "$name"
make_certificates
install_certificates
configure
export host name beds cache
export -f start_daemons
unshare --mount --uts --propagation private bash -euo pipefail -c start_daemons
wait_until_it_answers
cat <<C
host $name
  unix  qemu+unix:///system?socket=$host/run/libvirt-sock
  tcp   qemu+tcp://127.0.0.1:$tcp/system
  tls   qemu+tls://127.0.0.1:$tls/system  (certificates: $beds/pki)
  lxc   lxc+tcp://127.0.0.1:$tcp/system
C
