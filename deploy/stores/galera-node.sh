#!/bin/sh
# Starts one node of Galera as its data folder demands: a new cluster, the last one's end, or a return to the others.
# Usage: galera-node.sh CONFIG DATA_FOLDER first|next [OPTIONS FOR A NEW CLUSTER]
config=$1 data=$2 turn=$3
shift 3
state=$data/grastate.dat

if [ ! -e "$state" ]; then
  [ "$turn" = first ] && exec mariadbd --defaults-file="$config" --wsrep-new-cluster "$@"
  exec mariadbd --defaults-file="$config"
fi
# The last node that was ended knows everything: it alone may begin again without the others.
grep -q '^safe_to_bootstrap: 1' "$state" && exec mariadbd --defaults-file="$config" --wsrep-new-cluster
# After a crash the place is in InnoDB alone; with it the others need to send only what was missed.
position=$(mariadbd --defaults-file="$config" --wsrep-recover 2>&1 |
  sed -n 's/.*WSREP: Recovered position: *\([0-9a-f-]*:[0-9-]*\).*/\1/p' | tail -n 1)
exec mariadbd --defaults-file="$config" ${position:+--wsrep-start-position="$position"}
