#!/bin/sh
# Leaves node_modules as package-lock.json says and .souk/bin/node; safe to kill and to run again.
set -eu
cd "$(dirname "$0")/../.."

case $(uname -m) in
  x86_64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) echo "No Node binary for $(uname -m)" >&2 && exit 1 ;;
esac
node=node_modules/node-linux-$arch/bin/node
stamp=node_modules/.souk-lock

install() {
  echo "          npm packages: installing (about a minute the first time)"
  # npm forgives an optional package whose download failed, and Node's binary is one.
  npm ci --no-audit --no-fund --loglevel=error && [ -x "$node" ]
}

if ! cmp -s package-lock.json "$stamp" || [ ! -x "$node" ]; then
  install || install || { echo "npm ci did not bring $node; see above" >&2 && exit 1; }
  cp package-lock.json "$stamp.new" && mv "$stamp.new" "$stamp"
fi

if [ "$(readlink .souk/bin/node 2> /dev/null)" != "../../$node" ]; then
  mkdir -p .souk/bin
  ln -sfn "../../$node" ".souk/bin/node.$$" && mv -T ".souk/bin/node.$$" .souk/bin/node
fi
