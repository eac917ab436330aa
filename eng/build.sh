#!/bin/bash
# build.sh: builds what ./anyvisor runs, if sources are newer than the last build. Says nothing unless it fails.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/eng/setup.sh"
# The CLI is of use without the web console.
(build_web >/dev/null) || true
build_app >/dev/null
