# shellcheck shell=bash
# What ./run, ./test and ./anyvisor share: finding tools, installing packages, building. Sourced, with $root set.
: "${root:?}"
app=$root/artifacts/app

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, or fails when that can't be done without asking.
can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_packages PACKAGE...: installs by apt those that are not there; says what it does only if it does something.
install_packages() {
  local package missing=() log
  command -v dpkg-query >/dev/null || die "this script installs with apt; on other systems install: $*"
  for package; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  can_be_root || die "please install what is missing: sudo apt-get install ${missing[*]}"
  say "Installing ${missing[*]}"
  log=$(mktemp)
  apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 -o Acquire::Retries=3 -q -y "$@" </dev/null >>"$log" 2>&1; }
  apt install --no-install-recommends "${missing[@]}" ||
    { apt update && apt install --no-install-recommends "${missing[@]}"; } ||
    { tail -n 20 "$log" >&2; die "apt could not install ${missing[*]}; its whole output is in $log"; }
  rm -f "$log"
}

# Finds the .NET SDK and keeps it quiet.
find_dotnet() {
  command -v dotnet >/dev/null || PATH=$PATH:$HOME/.dotnet:/usr/share/dotnet:/usr/lib/dotnet
  command -v dotnet >/dev/null || die "no .NET SDK found; install .NET 10 (https://dot.net) and run this again"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}

# Where the runtime is: programs need it in DOTNET_ROOT when that is not a place that they know.
dotnet_root() {
  dotnet --list-runtimes | sed -n 's#^Microsoft.NETCore.App .* \[\(.*\)/shared/Microsoft.NETCore.App\]$#\1#p' | tail -n 1
}

# newer_than STAMP PATH...: whether any file below the paths has changed since STAMP.
newer_than() {
  local stamp=$1; shift
  [ ! -f "$stamp" ] || [ -n "$(find "$@" -name Tests -prune -o -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# quietly LOG COMMAND...: shows the command's output only if it fails.
quietly() {
  local log=$1; shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || { tail -n 40 "$log" >&2; return 1; }
}

# The web console: web/dist, made when a file of web/ has changed.
build_web() {
  [ -f "$root/web/package.json" ] || return 0
  newer_than "$root/artifacts/web.stamp" "$root"/web/{src,public,index.html} "$root"/web/*.json "$root"/web/*.ts || return 0
  command -v npm >/dev/null || { say "No npm found: the web console is left out. Install Node.js 20 or newer to have it."; return 0; }
  say "Building the web console"
  mkdir -p "$root/artifacts"
  touch "$root/artifacts/web.stamp.new"
  if newer_than "$root/artifacts/npm.stamp" "$root/web/package-lock.json"; then
    quietly "$root/artifacts/log/npm.log" npm --prefix "$root/web" ci --no-audit --no-fund || die "npm ci failed"
    touch "$root/artifacts/npm.stamp"
  fi
  quietly "$root/artifacts/log/web.log" npm --prefix "$root/web" run build || die "the web console does not build"
  mv "$root/artifacts/web.stamp.new" "$root/artifacts/web.stamp"
}

# The server and the CLI, ready to run, in artifacts/app.
build_app() {
  mkdir -p "$app"
  exec 8>"$root/artifacts/build.lock"
  flock 8   # two calls at once build once
  if newer_than "$app/.built" "$root/artifacts/web.stamp" "$root/src" "$root/drivers" "$root/Directory.Build.props" "$root/Directory.Packages.props" "$root/global.json"; then
    find_dotnet
    say "Building the server and the CLI"
    touch "$app/.building"
    local project
    for project in Server Simulate Cli; do
      quietly "$root/artifacts/log/build-$project.log" \
        dotnet publish "$root/src/$project" -c Release --use-current-runtime --no-self-contained -o "$app" --nologo -v quiet ||
        die "src/$project does not build; the whole output is in artifacts/log/build-$project.log"
    done
    echo "export DOTNET_ROOT=\${DOTNET_ROOT:-$(dotnet_root)}" >"$app/.env"
    mv "$app/.building" "$app/.built"
  fi
  flock -u 8
  exec 8>&-
  # shellcheck source=/dev/null
  . "$app/.env"
}
