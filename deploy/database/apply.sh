#!/bin/sh
# Fills the passwords from the cluster's secrets into accounts.sql and gives it to MariaDB. Safe to run again.
# Usage: apply.sh HOST; asks for the administrator's password.
set -eu
host=$1
sql=$(cat "$(dirname "$0")/accounts.sql")
for name in $(echo "$sql" | sed -n "s/.*IDENTIFIED BY ':\([a-z-]*\)'.*/\1/p" | sort -u); do
  password=$(kubectl -n shop get secret "$name" -o "jsonpath={.data.$name}" | base64 -d)
  case $password in *[!A-Za-z0-9_-]* | '') echo "the secret $name is missing, or holds other characters than letters, digits, - and _" >&2 && exit 1 ;; esac
  sql=$(echo "$sql" | sed "s/':$name'/'$password'/")
done
echo "$sql" | mariadb -h "$host" -u root -p
