# shellcheck shell=bash
# shellcheck disable=SC2154  # test sets root
# The beds of ./test: brought up with beds_up, taken down with beds_down. Sourced after setup.sh.
# Tests find them by environment variables; a test whose variable is not set is skipped.

# A port on which nothing listens, and that no other call of this run was given.
last_port=$((16500 + RANDOM % 400 * 10))
free_port() {
  while :; do
    last_port=$((last_port + 1))
    { : <>"/dev/tcp/127.0.0.1/$last_port"; } 2>/dev/null || { port=$last_port; return; }
  done
}

beds_up() { # "" or anything, to have those too that take minutes
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "Not root on a Debian system: tests that need a hypervisor are skipped"
    return
  fi
  export BEDS
  BEDS=$(mktemp -d /tmp/anyvisor-beds.XXXXXX)
  say "Bringing up the test beds"
  install_packages qemu-system-x86 qemu-utils ovmf openssh-server netcat-openbsd
  bed_log=$root/artifacts/test-results/beds.log
  [ -z "$1" ] || install_packages qemu-system-ppc qemu-system-misc qemu-system-arm qemu-efi-aarch64

  local tcp_a tls_a tcp_b tls_b tcp_c tls_c
  free_port; tcp_a=$port; free_port; tls_a=$port; free_port; tcp_b=$port; free_port; tls_b=$port
  bed "the hello image" "$root/testbeds/hello/make-image.sh" "$BEDS/hello.qcow2"
  bed "the hello kernel" "$root/testbeds/hello/make-kernel-pair.sh" x86_64 "$BEDS/kernel-x86_64"
  bed "libvirt host a" "$root/testbeds/libvirt/up.sh" a "$tcp_a" "$tls_a"
  bed "libvirt host b" "$root/testbeds/libvirt/up.sh" b "$tcp_b" "$tls_b"
  free_port; tcp_c=$port; free_port; tls_c=$port
  SASL=1 bed "libvirt host c, which wants a sign-in" "$root/testbeds/libvirt/up.sh" c "$tcp_c" "$tls_c"
  export ANYVISOR_TEST_LIBVIRT_SASL_SOCKET=$BEDS/c/run/libvirt-sock
  export ANYVISOR_TEST_LIBVIRT_SASL_TLS_URI="qemu+tls://localhost:$tls_c/system?pkipath=$BEDS/pki"
  export ANYVISOR_TEST_HELLO_IMAGE=$BEDS/hello.qcow2
  export ANYVISOR_TEST_KERNEL=$BEDS/kernel-x86_64
  export ANYVISOR_TEST_LIBVIRT_URI=qemu+tcp://127.0.0.1:$tcp_a/system
  export ANYVISOR_TEST_LIBVIRT_URI_2=qemu+tcp://127.0.0.1:$tcp_b/system
  export ANYVISOR_TEST_LIBVIRT_SOCKET=$BEDS/a/run/libvirt-sock
  export ANYVISOR_TEST_LIBVIRT_TLS_URI="qemu+tls://localhost:$tls_a/system?pkipath=$BEDS/pki"
  export ANYVISOR_TEST_LXC_URI=lxc+tcp://127.0.0.1:$tcp_a/system
  [ -n "$1" ] || return 0

  local arch xen
  for arch in ppc64le s390x aarch64; do
    bed "the $arch kernel" "$root/testbeds/hello/make-kernel-pair.sh" $arch "$BEDS/kernel-$arch"
    export "ANYVISOR_TEST_KERNEL_${arch^^}=$BEDS/kernel-$arch"
  done
  free_port; xen=$port; free_port
  bed "the Xen host" "$root/testbeds/xen/up.sh" "$xen" "$port"
  export ANYVISOR_TEST_XEN_URI=xen+tcp://127.0.0.1:$xen/system
}

# VMware's own simulator of a vCenter, built from Debian's packages once; where it can't be, its tests are skipped.
vcsim_up() {
  if ! command -v dpkg-query >/dev/null || ! can_be_root; then
    say "Not on a Debian system, or not root: tests that need a simulated vCenter are skipped"
    return
  fi
  install_packages golang-go golang-github-vmware-govmomi-dev
  export ANYVISOR_TEST_VCSIM=$root/artifacts/vcsim/vcsim
  quietly "$root/artifacts/test-results/vcsim.log" "$root/testbeds/vcsim/build.sh" "$ANYVISOR_TEST_VCSIM" || die "the simulated vCenter does not build"
}

# bed WHAT COMMAND...: runs it; a bed that does not come up ends the run, for its tests must not be skipped in silence.
bed() {
  local what=$1 from=$SECONDS; shift
  "$@" >>"$bed_log" 2>&1 </dev/null || { tail -n 30 "$bed_log" >&2; die "$what did not come up; the output is in $bed_log"; }
  say "  $what ($((SECONDS - from)) s)"
}

beds_down() {
  [ -n "${BEDS:-}" ] || return 0
  "$root/testbeds/xen/down.sh"
  "$root/testbeds/libvirt/down.sh" a
  "$root/testbeds/libvirt/down.sh" b
  "$root/testbeds/libvirt/down.sh" c
  rm -rf "$BEDS"
}
