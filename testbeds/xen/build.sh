#!/bin/bash
# build.sh DIR: makes a Xen host that boots inside QEMU: DIR/{base.qcow2,xen,vmlinuz,initrd} and throw-away keys.
# Debian 12 with Xen 4.17 and libvirt's libxl driver, made by mmdebstrap; root, apt only, no loop device. About 3 minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: build.sh DIR" >&2; exit 2; }
mkdir -p "$1"; cd "$1"

missing=()
for package in mmdebstrap e2fsprogs openssl openssh-client qemu-utils kmod cpio; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] || DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q -y \
  install --no-install-recommends "${missing[@]}" </dev/null >&2

guest=$("$here/../hello/make-kernel-pair.sh" x86_64)

rm -f id_ed25519* hostkey*
ssh-keygen -q -t ed25519 -N '' -C anyvisor-test -f id_ed25519
ssh-keygen -q -t ed25519 -N '' -C xenhost -f hostkey
echo "[127.0.0.1]:* $(cut -d' ' -f1,2 hostkey.pub)" >known_hosts

export HERE=$here GUEST=$guest

# The machine's own mirrors, as its apt knows them.
# shellcheck disable=SC2016  # these are apt's own variables
mapfile -t sources < <(apt-get indextargets --format '$(SITE) $(CODENAME)' | sort -u |
  awk '$2 == "bookworm" || $2 == "bookworm-security" { print "deb " $1 " " $2 " main" }')
[ ${#sources[@]} -gt 0 ] || { echo "build.sh: apt has no sources of Debian 12 (bookworm)" >&2; exit 1; }

rm -rf rootfs
mmdebstrap --mode=root --variant=minbase \
  --include=systemd-sysv,udev,dbus,kmod,iproute2,openssh-server,procps,initramfs-tools,busybox-static,netcat-openbsd,dnsmasq-base,iptables \
  --include=libvirt-daemon-system,libvirt-clients,libvirt-daemon-driver-xen,qemu-utils,qemu-system-xen \
  --include=linux-image-amd64,xen-hypervisor-4.17-amd64,xen-utils-4.17,xen-utils-common \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt=force-unsafe-io --dpkgopt=force-confold --essential-hook="$here/hook-essential" --customize-hook="$here/hook-customize" \
  bookworm rootfs "${sources[@]}" >mmdebstrap.log 2>&1 || { tail -n 30 mmdebstrap.log >&2; exit 1; }

cp rootfs/boot/vmlinuz-*-amd64 vmlinuz
gzip -dc rootfs/boot/xen-4.17-amd64.gz >xen

# An initramfs of busybox and the few modules that reach /dev/vda.
version=$(basename rootfs/lib/modules/*)
initramfs=$(mktemp -d); trap 'rm -rf "$initramfs"' EXIT
mkdir -p "$initramfs"/{bin,proc,dev,root,modules}
cp rootfs/bin/busybox "$initramfs/bin/"
number=100
for module in virtio_pci virtio_blk ext4 crc32c_intel crc32c_generic; do
  modprobe -d "$PWD/rootfs" -S "$version" --show-depends "$module" 2>/dev/null | awk '/^insmod/ { print $2 }' || true
done | awk '!seen[$0]++' | while read -r module; do
  number=$((number + 1))
  cp "$module" "$initramfs/modules/$number-$(basename "$module")"
done
cat >"$initramfs/init" <<'C'
#!/bin/busybox sh
busybox mount -t proc proc /proc
busybox mount -t devtmpfs dev /dev
for module in /modules/*; do busybox insmod "$module"; done
until busybox mount -t ext4 -o rw,noatime /dev/vda /root 2>/dev/null; do busybox usleep 100000; done
busybox mount --move /dev /root/dev
busybox umount /proc
exec busybox switch_root /root /sbin/xenhost-init
C
chmod +x "$initramfs/init"
(cd "$initramfs" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >initrd

rm -f disk.raw
truncate -s 4G disk.raw
mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E lazy_itable_init=0 -d rootfs disk.raw
qemu-img convert -O qcow2 -c -o compression_type=zstd disk.raw base.qcow2.part
rm -rf rootfs disk.raw
mv base.qcow2.part base.qcow2
