#!/bin/bash
# make-image.sh OUT.qcow2: a small Linux disk image from Debian's own packages, for x86_64, that boots by BIOS and by UEFI.
# One FAT partition holds the boot loaders (syslinux, systemd-boot), the kernel and the initramfs; no root, loop device
# or mount is needed. The result is kept in the cache: the next call only copies it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# = 1 ] || die "usage: make-image.sh OUT.qcow2"
out=$1

architecture x86_64
if ! cached=$(remembered image); then
  apt_for
  mapfile -t packages < <(packages; echo systemd-boot-efi)
  [ ${#packages[@]} -gt 3 ] || die "apt knows no package $KERNEL"
  cached=$CACHE/hello-$(key "${packages[@]}").qcow2
  if [ ! -s "$cached" ]; then
    modules=/usr/lib/syslinux/modules/bios/ldlinux.c32
    need mformat=mtools syslinux=syslinux $modules=syslinux-common sfdisk=fdisk qemu-img=qemu-utils
    export PATH=$PATH:/sbin:/usr/sbin
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    make_system "$work" "$work/out" "${packages[@]}"

    # A kernel that wastes no time under emulation: no self-tests, no probing for what a guest does not have.
    arguments="$CONSOLE quiet mitigations=off nokaslr cryptomgr.notests tsc=reliable no_timer_check random.trust_cpu=on"
    cat >"$work/syslinux.cfg" <<C
DEFAULT hello
PROMPT 0
LABEL hello
  LINUX /vmlinuz
  INITRD /initrd
  APPEND $arguments
C
    printf 'default hello\ntimeout 0\neditor no\n' >"$work/loader.conf"
    printf 'title hello\nlinux /vmlinuz\ninitrd /initrd\noptions %s\n' "$arguments" >"$work/hello.conf"

    raw=$work/raw start=$((1024 * 1024))
    truncate -s 48M "$raw"
    # Type EF for UEFI, marked active for the BIOS.
    echo 'start=2048, type=ef, bootable' | sfdisk -q --no-reread --no-tell-kernel "$raw"
    dd if=/usr/lib/syslinux/mbr/mbr.bin of="$raw" conv=notrunc bs=440 count=1 status=none
    export MTOOLS_SKIP_CHECK=1
    disk=$raw@@$start
    mformat -i "$disk" -F -T $((47 * 2048)) -h 16 -s 63 -v HELLO ::
    mmd -i "$disk" ::/EFI ::/EFI/BOOT ::/loader ::/loader/entries
    mcopy -i "$disk" "$work/out/vmlinuz" "$work/out/initrd" "$work/syslinux.cfg" $modules ::/
    mcopy -i "$disk" "$work/user/usr/lib/systemd/boot/efi/systemd-bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
    mcopy -i "$disk" "$work/loader.conf" ::/loader/loader.conf
    mcopy -i "$disk" "$work/hello.conf" ::/loader/entries/hello.conf
    syslinux -t $start --install "$raw"
    mkdir -p "$CACHE"
    qemu-img convert -f raw -O qcow2 "$raw" "$work/qcow2"
    rm -f "$CACHE"/hello-*.qcow2
    mv "$work/qcow2" "$cached"
  fi
  remember image "$cached"
fi
cp "$cached" "$out.part"
mv "$out.part" "$out"
echo "$out"
