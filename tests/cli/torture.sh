# shellcheck shell=bash
# The torture tree comes back whole: as root on a tmpfs, as an ordinary user, and a tree that is churned meanwhile is never torn.
# What `tests/torture/run` does at length on ext4 and xfs too, in small. Here nothing lies deeper than the walk of this kernel's tools.
export EBLA=$ROOT/ebla
on=$PWD/on
mkdir "$on"
if (( EUID == 0 )) && mkdir mount && mount -t tmpfs tmpfs mount 2> /dev/null; then
    umount mount
    "$ROOT/tests/torture/run" --on tmpfs --small
else
    "$ROOT/tests/torture/run" --on "$on" --small
fi
if (( EUID == 0 )); then
    chmod 755 . "$on"
    "$ROOT/tests/torture/run" --on "$on" --small --user
fi
mkdir churned
"$ROOT/tests/torture/churned" churned 5
