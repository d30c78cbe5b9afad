# shellcheck shell=bash
# The yardstick: what reading and compressing cost. Each backup is a whole new file; zstd's checksum is its verification.
available() { command -v tar zstd > /dev/null; }
version() { echo "$(tar --version | head -n 1), $(zstd --version | tr -d '*')"; }
init() { :; }
backup() { tar -C / -cf - "${1#/}" | zstd -q -3 -T0 -o "$REPO/$N.tar.zst"; }
restore() { zstd -dcq "$(find "$REPO" -name '*.tar.zst' | sort | tail -n 1)" | tar -C "$2" -xpf -; }
verify() { find "$REPO" -name '*.tar.zst' -print0 | xargs -0 zstd -q -t; }
