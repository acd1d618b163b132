#!/bin/sh
# Starts one node of Redis under whoever is the primary now. A primary that comes back would else take writes that are
# lost as soon as Sentinel has seen it. Usage: redis-node.sh CONFIG OWN_HOST OWN_PORT SENTINEL_HOST:PORT...
config=$1 host=$2 port=$3
shift 3

for sentinel in "$@"; do
  # Two lines, host and port; nothing as long as this Sentinel is not there.
  primary=$(timeout 2 redis-cli -h "${sentinel%:*}" -p "${sentinel#*:}" SENTINEL get-master-addr-by-name souk 2>/dev/null | tr '\n' ' ')
  case $primary in
    "$host $port ") break ;;
    *' '[0-9]*' ') exec redis-server "$config" --replicaof "${primary% }" ;;
  esac
done
exec redis-server "$config"
