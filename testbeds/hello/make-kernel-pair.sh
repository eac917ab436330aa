#!/bin/bash
# make-kernel-pair.sh [ARCH [DIR]]: the same small system as a pair of files, DIR/vmlinuz and DIR/initrd, for guests
# that a hypervisor boots directly, also of another architecture: x86_64 (default), aarch64, ppc64le, s390x.
# DIR/cmdline has the kernel arguments. Prints DIR; without DIR it is in the cache, made only once.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

architecture "${1:-x86_64}"
if ! cached=$(remembered "$DEB"); then
  apt_for
  mapfile -t packages < <(packages)
  [ ${#packages[@]} -gt 2 ] || die "apt knows no package $KERNEL"
  cached=$CACHE/hello-$DEB-$(key "${packages[@]}")
  if [ ! -s "$cached/cmdline" ]; then
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    make_system "$work" "$work/out" "${packages[@]}"
    echo "$CONSOLE quiet" >"$work/out/cmdline"
    rm -rf "$CACHE/hello-$DEB-"*
    mkdir -p "$cached"
    cp "$work"/out/{vmlinuz,initrd,cmdline} "$cached/"
  fi
  remember "$DEB" "$cached"
fi
if [ -n "${2:-}" ]; then
  mkdir -p "$2"
  cp "$cached"/{vmlinuz,initrd,cmdline} "$2/"
fi
echo "${2:-$cached}"
