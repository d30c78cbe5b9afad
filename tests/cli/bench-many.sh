# shellcheck shell=bash
# The commands of ./bench many run, on thousands of blobs instead of millions, and it tells their memory.
expect_exit 0 "$ROOT/./bench" many --blobs 0.004,0.006 --files 2000 --scratch "$PWD" --made "$PWD/made"
expect_match '^\| peak MiB, anonymous \| 0.004 M \| 0.006 M \| per million \|$' stdout
expect_match '^\| prune --dry-run \| [0-9]+ \| [0-9]+ \|' stdout
