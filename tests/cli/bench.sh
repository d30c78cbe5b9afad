# shellcheck shell=bash
# The comparison runs, and what it restores equals what was backed up (it compares that itself).
expect_exit 0 "$ROOT/./bench" --quick --set source,noise --tools tar,ebla --fs folder --cache "$PWD/cache" --out "$PWD/out.md"
expect_match '^### noise: ' out.md
expect_match '^\| \| tar \| ebla \|$' out.md
expect_match '^\| verify all data \| [0-9.]+ s \| [0-9.]+ s \(' out.md
