#!/bin/sh
# HAProxy's question to a node of Galera: ends with 0 when it is part of the majority, in step and takes statements.
# Called as HAProxy does: proxy's address and port, then the node's address and port. The account, souk_health, stands in
# galera-health.cnf beside this file, as a [client] with user and password.
state=$(mariadb --defaults-file="$(dirname "$0")/galera-health.cnf" --host="$3" --port="$4" --connect-timeout=1 --skip-column-names --batch \
  --execute="SELECT GROUP_CONCAT(VARIABLE_VALUE ORDER BY VARIABLE_NAME) FROM information_schema.GLOBAL_STATUS
    WHERE VARIABLE_NAME IN ('WSREP_CLUSTER_STATUS', 'WSREP_LOCAL_STATE', 'WSREP_READY')") || exit 1
case $state in
  # 4 is Synced; 2 is Donor, which goes on working while it gives a copy away.
  Primary,4,ON | Primary,2,ON) exit 0 ;;
  *) exit 1 ;;
esac
