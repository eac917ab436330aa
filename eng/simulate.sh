# simulate.sh: the simulators of ./run --demo, for systems that no developer's machine has. Sourced by run; uses its
# app, data, cli, die and say. Each is one process that runs until ./run --stop, or until it is killed.

# Those that this build has, of: name, port, options. Ports are fixed, so that a provider added once is found again.
simulations() {
  cat <<'S'
powervm 8451 --hosts 4 --guests 60
vcloud 8458 --hosts 2 --guests 40
zvm 8454 --hosts 2 --guests 60
zones 8464 --hosts 2 --guests 40
S
}

has_simulator() { cli simulate --help 2>/dev/null | grep -qE "^  $1 "; }

# The process of a simulation, if it still runs and is still that one.
simulating() {
  local of
  of=$(cat "$data/simulations/$1/pid" 2>/dev/null) || return 1
  [ -d "/proc/$of" ] && tr '\0' ' ' <"/proc/$of/cmdline" 2>/dev/null | grep -qF -- "$data/simulations/$1" && echo "$of"
}

start_simulation() {
  local name=$1 port=$2 folder=$data/simulations/$1 tries of
  shift 2
  simulating "$name" >/dev/null && return
  (umask 077 && mkdir -p "$folder")
  : >"$folder/add"
  setsid "$app/anyvisor" simulate "$name" --listen "127.0.0.1:$port" --data "$folder" "$@" >"$folder/add" 2>"$folder/log" </dev/null &
  of=$!
  echo "$of" >"$folder/pid"
  for tries in $(seq 200); do
    [ ! -s "$folder/add" ] || return 0
    [ -d "/proc/$of" ] || break
    sleep .1
  done
  say "The simulated system '$name' does not start; its log is $folder/log"
  return 1
}

# The line that a simulator prints is typed as a person would: its words are the simulator's own, quoted for a shell.
add_simulations() {
  local name port options line
  while read -r name port options; do
    has_simulator "$name" || continue
    # shellcheck disable=SC2086 # several options
    start_simulation "$name" "$port" $options || continue
    cli provider show "$name" >/dev/null 2>&1 && continue
    line=$(head -n 1 "$data/simulations/$name/add")
    case $line in
      "anyvisor provider add "*) eval "cli ${line#anyvisor } -q" >/dev/null || say "Could not add the simulated system '$name'; the line is in $data/simulations/$name/add" ;;
      *) say "The simulated system '$name' printed no line to add it by" ;;
    esac
  done < <(simulations)
}

stop_simulations() {
  local name of
  while read -r name _; do
    of=$(simulating "$name") || continue
    kill "$of"
    rm -f "$data/simulations/$name/pid"
  done < <(simulations)
}
