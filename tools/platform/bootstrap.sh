#!/bin/sh
# Leaves node_modules as package-lock.json says and .souk/bin/node; safe to kill and to run again.
set -eu
cd "$(dirname "$0")/../.."

stamp=node_modules/.souk-lock
if ! cmp -s package-lock.json "$stamp"; then
  echo "          npm packages: installing (about a minute the first time)"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp.new" && mv "$stamp.new" "$stamp"
fi

case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) echo "No Node binary for $(uname -m)" >&2 && exit 1 ;;
esac
target=../../node_modules/node-linux-$arch/bin/node
if [ "$(readlink .souk/bin/node 2> /dev/null)" != "$target" ]; then
  mkdir -p .souk/bin
  ln -sfn "$target" ".souk/bin/node.$$" && mv -T ".souk/bin/node.$$" .souk/bin/node
fi
