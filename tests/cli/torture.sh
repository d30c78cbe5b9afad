# shellcheck shell=bash
# The torture tree comes back whole: as root, as an ordinary user as far as he may, and a tree that is churned meanwhile is never torn.
# In small what tests/torture/run and churned do at length, on ext4 and xfs too.
# The ordinary user needs a copy of program and scripts in a place that he can reach.
chmod 711 "$HOME/.." "$HOME/../.." .
cp -r "$ROOT/tests/torture" torture
program=$(readlink -f "$ROOT"/artifacts/ebla/linux-*/ebla | head -n 1)
cp -r "$(dirname "$program")" program
export EBLA=$PWD/program/ebla
mkdir on
on=$PWD/on
chmod 711 on
if (( EUID == 0 )); then
    if mkdir mount && mount -t tmpfs tmpfs mount 2> /dev/null; then
        umount mount
        on=tmpfs
    fi
    torture/run --on "$on" --small --user
fi
torture/run --on "$on" --small
mkdir churned
torture/churned "$PWD/churned" 5
