# shellcheck shell=bash
# What make-image.sh and make-kernel-pair.sh share: Debian packages fetched (never installed) for any
# architecture, and an initramfs made of busybox, the guest agent and the files in rootfs/.
set -euo pipefail

HELLO=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/anyvisor
SUITE=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")

die() { echo "${0##*/}: $*" >&2; exit 1; }

# need COMMAND=PACKAGE ...: installs the packages whose command is missing.
need() {
  local pair missing=()
  for pair; do
    [ -e "${pair%%=*}" ] || command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "please install: sudo apt-get install ${missing[*]}"
    sudo=(sudo -n)
  fi
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q -y \
    install --no-install-recommends "${missing[@]}" </dev/null >&2
}

# Sets DEB (Debian's name), KERNEL (the kernel's meta package) and CONSOLE (kernel arguments) for an architecture.
# shellcheck disable=SC2034  # read by the scripts that source this file
architecture() {
  case $1 in
    x86_64|amd64)    DEB=amd64   KERNEL=linux-image-cloud-amd64 CONSOLE="console=tty0 console=ttyS0" ;;
    aarch64|arm64)   DEB=arm64   KERNEL=linux-image-cloud-arm64 CONSOLE="console=ttyAMA0" ;;
    ppc64le|ppc64el) DEB=ppc64el KERNEL=linux-image-powerpc64le CONSOLE="console=hvc0" ;;
    s390x)           DEB=s390x   KERNEL=linux-image-s390x       CONSOLE="console=ttysclp0" ;;
    *) die "unknown architecture '$1'; known: x86_64 aarch64 ppc64le s390x" ;;
  esac
}

# Sets APT to the options with which apt sees packages of $DEB. A foreign architecture has a private apt
# state, so that the machine's own dpkg is not told about it.
apt_for() {
  APT=(-o APT::Sandbox::User=root -o Acquire::Retries=3)
  if [ "$DEB" = "$(dpkg --print-architecture)" ]; then
    if [ -z "$(apt-cache "${APT[@]}" policy "$KERNEL" 2>/dev/null)" ]; then
      [ "$(id -u)" = 0 ] || die "apt knows no package $KERNEL; please run: sudo apt-get update"
      apt-get "${APT[@]}" -q update >&2
    fi
    return
  fi
  local state=$CACHE/apt-$DEB
  mkdir -p "$state"/{lists/partial,cache/archives/partial}
  : >"$state/status"
  # The machine's own mirrors, as its apt knows them.
  # shellcheck disable=SC2016  # these are apt's own variables
  apt-get indextargets --format '$(SITE) $(CODENAME)' | sort -u |
    awk -v s="$SUITE" -v k=/usr/share/keyrings/debian-archive-keyring.gpg \
      '$2 == s || $2 == s "-security" { print "deb [signed-by=" k "] " $1 " " $2 " main" }' >"$state/sources.list"
  APT+=(-o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status"
    -o Dir::Cache="$state/cache" -o APT::Architecture="$DEB" -o APT::Architectures="$DEB"
    -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null)
  [ -z "$(find "$state/lists" -maxdepth 1 -name '*_Packages*' -mtime -7 2>/dev/null)" ] || return 0
  if ! apt-get "${APT[@]}" -q update >&2; then
    echo "${0##*/}: not all package lists of $DEB could be had; going on without security updates" >&2
    sed -i '/-security /d' "$state/sources.list"
    apt-get "${APT[@]}" -q update >&2
  fi
}

# Prints the packages that make the system: the kernel, busybox, the agent and its libraries.
packages() {
  apt-cache "${APT[@]}" depends "$KERNEL" | awk '/ Depends: linux-image-/ { print $2; exit }'
  echo busybox-static
  apt-cache "${APT[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
    --no-replaces --no-enhances qemu-guest-agent |
    grep -E '^(qemu-guest-agent|lib[a-z0-9.+-]*)(:.*)?$' | sed 's/:.*//' | grep -v perl | sort -u
}

# Prints a key that changes when a package, a script or a file of the system changes.
key() { # PACKAGE...
  {
    apt-get "${APT[@]}" -q download --print-uris "$@" | awk '{ print $2, $4 }'
    find "$HELLO" -type f ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum | sed "s#$HELLO##"
  } | sha256sum | cut -c1-16
}

# remembered NAME: prints what was remembered under NAME since when neither a file of the system nor apt's lists have
# changed; asking apt takes seconds, this does not. remember NAME VALUE stores it.
memo() {
  { stat -c '%n %Y' "$HELLO"/*.sh "$HELLO/applets" /var/lib/apt/lists/* /etc/os-release
    find "$HELLO/rootfs" -printf '%P %T@\n' | sort; } 2>/dev/null | sha256sum | cut -c1-16
}
remembered() {
  local path
  path=$(cat "$CACHE/memo-$1-$(memo)" 2>/dev/null) && [ -e "$path" ] && echo "$path"
}
remember() {
  mkdir -p "$CACHE"
  rm -f "$CACHE/memo-$1-"*
  echo "$2" >"$CACHE/memo-$1-$(memo)"
}

# Fetches packages into the cache and unpacks them below $1: the kernel to $1/kernel, the rest to $1/user.
unpack() { # DIR KERNELPACKAGE PACKAGE...
  local dir=$1 kernel=$2 uris file package debs=$CACHE/debs; shift 2
  mkdir -p "$debs" "$dir/kernel" "$dir/user"
  uris=$(apt-get "${APT[@]}" -q download --print-uris "$kernel" "$@")
  ( cd "$debs" && while read -r _ file _; do
      [ -s "$file" ] || echo "${file%%_*}"
    done <<<"$uris" | xargs -r apt-get "${APT[@]}" -q download >&2 )
  while read -r _ file _; do
    package=$dir/user; [ "${file%%_*}" = "$kernel" ] && package=$dir/kernel
    dpkg-deb -x "$debs/$file" "$package"
  done <<<"$uris"
}

# Modules that rc loads first, in this order, and those it loads when a bus shows the device.
MODULES_EARLY="button evdev virtio_pci virtio_mmio virtio_ccw virtio_console virtio_net virtio_blk"
MODULES_LATER="virtio_balloon virtio-rng virtio_scsi sd_mod sr_mod ata_piix isofs vfat nls_ascii nls_cp437
  xen-blkfront xen-netfront vmw_pvscsi vmxnet3 ibmvscsi ibmveth dasd_eckd_mod qemu_fw_cfg"

copy_modules() { # UNPACKED-KERNEL ROOT
  local tree=$1 root=$2 version module path
  version=$(basename "$tree"/lib/modules/*)
  depmod -b "$tree" "$version"
  mkdir -p "$root/lib/modules/$version"
  depends() { modprobe -d "$tree" -S "$version" --show-depends "$1" 2>/dev/null | awk '/^insmod/ { print $2 }' || true; }
  for module in $MODULES_EARLY; do depends "$module"; done | awk '!seen[$0]++' | sed "s#^$tree##" >"$root/etc/modules"
  for module in $MODULES_EARLY $MODULES_LATER; do depends "$module"; done | sort -u | while read -r path; do
    install -D -m 644 "$path" "$root${path#"$tree"}"
  done
  cp "$tree/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$version/" 2>/dev/null || true
  depmod -b "$root" "$version"
}

# Copies a program and, from its ELF headers (so that it works for foreign architectures), its libraries.
copy_program() { # UNPACKED-PACKAGES ROOT PATH
  local user=$1 root=$2 interpreter
  copy_elf() { # FILE TARGET
    local library found
    [ ! -e "$root$2" ] || return 0
    install -D -m 755 "$1" "$root$2"
    while read -r library; do
      found=$(find "$user" -name "$library" | head -n 1)
      [ -n "$found" ] || die "$1 needs $library, which no package brought"
      copy_elf "$found" "/lib/$library"
    done < <(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  }
  copy_elf "$user$3" "$3"
  interpreter=$(readelf -l "$user$3" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
  install -D -m 755 "$(find "$user" -name "${interpreter##*/}" | head -n 1)" "$root$interpreter"
}

# Makes OUT/vmlinuz and OUT/initrd for the architecture that architecture() and apt_for() have set.
make_system() { # WORK OUT PACKAGE... (the kernel first)
  local work=$1 out=$2 root=$1/root applet; shift 2
  need cpio=cpio depmod=kmod readelf=binutils lz4=lz4
  unpack "$work" "$@"
  mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,tmp,root,disk,var}
  ln -s ../run "$root/var/run"
  cp -a "$HELLO/rootfs/." "$root/"
  install -m 755 "$work/user/bin/busybox" "$root/bin/busybox"
  # Every applet that this busybox has; its own list is in the binary, which may be of another architecture.
  for applet in $(<"$HELLO/applets"); do ln -sf busybox "$root/bin/$applet"; done
  for applet in init getty poweroff reboot halt modprobe; do ln -sf ../bin/busybox "$root/sbin/$applet"; done
  ln -s sbin/init "$root/init"
  copy_modules "$work/kernel" "$root"
  copy_program "$work/user" "$root" /usr/sbin/qemu-ga
  mkdir -p "$out"
  cp "$work"/kernel/boot/vmlinu[xz]-* "$out/vmlinuz"
  (cd "$root" && find . -print0 | sort -z | cpio -o -0 -H newc -R 0:0 --quiet) | lz4 -l -9 -q -c >"$out/initrd"
}
