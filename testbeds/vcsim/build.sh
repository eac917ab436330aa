#!/bin/bash
# Builds a program of this folder with Debian's own Go and govmomi packages; nothing is fetched but those.
#   build.sh OUTPUT [FOLDER]      FOLDER: with the main package (default: this one)
# Built once: an OUTPUT that is newer than its sources stays.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
out=$1 source=${2:-$here}
mkdir -p "$(dirname "$out")"
out=$(cd "$(dirname "$out")" && pwd)/$(basename "$out")
[ ! -x "$out" ] || [ -n "$(find "$source" -maxdepth 1 -name '*.go' -newer "$out")" ] || exit 0

if ! dpkg -s golang-go golang-github-vmware-govmomi-dev >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=600 update -qq
  apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends golang-go golang-github-vmware-govmomi-dev
fi
# As packages of Debian, without modules: no module proxy is asked.
export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0
export GOCACHE=${GOCACHE:-$HOME/.cache/anyvisor/go}
cd "$source"
go build -trimpath -o "$out" .
