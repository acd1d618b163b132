#!/bin/sh
# Runs a command in a pod's own view of the files, as its user: `ip netns exec` has just given it mounts that nobody else sees.
# Usage: pod-exec.sh USER FOLDER CHECKOUT CACHE DAPR WORKING_FOLDER COMMAND...
set -e
user=$1 folder=$2 checkout=$3 cache=$4 dapr=$5 work=$6
shift 6
mount -t tmpfs -o size=64k,mode=755 pod /mnt
mkdir /mnt/pod /mnt/shop /mnt/cache /mnt/dapr
mount --bind "$folder" /mnt/pod
mount --bind "$checkout" /mnt/shop
mount --bind "$cache" /mnt/cache
mount --bind "$dapr" /mnt/dapr
mount --bind "$folder/tmp" /tmp
cd "$work"
exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
