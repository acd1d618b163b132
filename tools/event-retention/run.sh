#!/bin/sh
# Lets the broker forget, every few seconds, what all listeners have applied: events name people, and the truth is in the
# services' tables. Arguments: port, pause in seconds, then one `topic=group,group` for each topic. REDISCLI_AUTH is set;
# REDIS_HOST where the broker is on another machine.
set -u
port=$1
pause=$2
shift 2
script=$(dirname "$0")/trim.lua

trim_all() {
  # Loaded each time: a Redis that was restarted or flushed has forgotten it.
  digest=$(redis-cli -h "${REDIS_HOST:-127.0.0.1}" -p "$port" --no-auth-warning -x SCRIPT LOAD <"$script") || return
  for row in "$@"; do
    echo "EVALSHA $digest 1 ${row%%=*} $(echo "${row#*=}" | tr ',' ' ')"
  done | redis-cli -h "${REDIS_HOST:-127.0.0.1}" -p "$port" --no-auth-warning >/dev/null
}

while :; do
  trim_all "$@" 2>/dev/null
  sleep "$pause" &
  wait $!
done
