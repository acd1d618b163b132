#!/bin/sh
# Revives the supervisor within a second when it was killed; the supervisor does the same for this guard.
# Usage: guard.sh RUN_FOLDER NODE SUPERVISOR LOG
run=$1 node=$2 supervisor=$3 log=$4

# True when the process of the pid file still runs: same pid, same start time, no zombie.
supervisor_lives() {
  read -r pid ticks < "$run/supervisor.pid" || return 1
  { read -r stat < "/proc/$pid/stat"; } 2> /dev/null || return 1
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "${20}" = "$ticks" ]
}

while sleep 0.5; do
  [ -e "$run/wanted" ] || exit 0
  if ! supervisor_lives 2> /dev/null; then
    (setsid "$node" "$supervisor" >> "$log" 2>&1 < /dev/null &)
    sleep 2
  fi
done
