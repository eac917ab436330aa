# shellcheck shell=bash
# shellcheck disable=SC2154  # run sets app, log and uri
# ./run --check: the life of one guest, from create to delete, with the seconds that each step took. Sourced by run.

run_check() {
  local guest=check-$$
  check_guest=$guest
  check_work=$(mktemp -d)
  trap clean_up_check EXIT
  say "Checking with the guest '$guest':"
  step "created, started" cli guest create "$guest" --provider local --image hello --cpus 1 --memory 256MiB --start
  step "power is on" power_is "$guest" on
  step "login prompt on the serial console" prompt_on_console "$guest"
  step "stopped" cli guest stop "$guest"
  step "power is off" power_is "$guest" off
  step "deleted" cli guest delete "$guest"
  step "nothing left behind" gone "$guest"
  say "All is well."
}

# step TEXT COMMAND...: runs it, prints its seconds; ends the check with the command's own words if it fails.
step() {
  local text=$1 from=$EPOCHREALTIME took; shift
  if ! "$@" >"$check_work/out" 2>&1; then
    printf '  failed  %s\n' "$text"
    sed 's/^/          /' "$check_work/out" | tail -n 15
    die "the check failed at: $text; the server's log is $log"
  fi
  took=$(((${EPOCHREALTIME/./} - ${from/./}) / 100000))
  printf '  %4d.%d s  %s\n' $((took / 10)) $((took % 10)) "$text"
}

power_is() { # GUEST WORD
  local tries
  for tries in $(seq 300); do
    cli guest show "local/$1" -o json | tr -d ' \n' | grep -q "\"power\":\"$2\"" && return
    sleep .1
  done
  echo "not '$2' after $((tries / 10)) s; the guest is:"
  cli guest show "local/$1"
  return 1
}

# A key first, for the case that the prompt was printed before the console was opened.
prompt_on_console() { # GUEST
  printf '\r' | cli guest console "local/$1" --serial --expect 'login:' --timeout 3m
}

gone() { # GUEST
  local names
  names=$(cli guest list --filter "name:$1" -o name) || return 1
  [ -z "$names" ] || { echo "still listed: $names"; return 1; }
  names=$(virsh -q -c "$uri" list --all --name) || return 1
  ! grep -qx -- "$1" <<<"$names" || { echo "libvirt still has the domain $1"; return 1; }
}

clean_up_check() {
  cli guest delete "local/$check_guest" >/dev/null 2>&1 || true
  rm -rf "$check_work"
}
