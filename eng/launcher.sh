#!/bin/sh
# Runs the build of Ebla that fits this CPU: the highest instruction-set level that both have.
self=$0
[ ! -L "$self" ] || self=$(readlink -f -- "$self")
folder=$(dirname -- "$self")
# shellcheck source=eng/target.sh
. "$folder/lib/target.sh"
detect_target
for candidate in "$level" x86-64-v3 x86-64-v2; do
    case $candidate in
        x86-64-v*) [ "${candidate##*v}" -le "${level##*v}" ] 2> /dev/null || continue ;;
    esac
    if [ -x "$folder/lib/$candidate/ebla" ]; then
        exec "$folder/lib/$candidate/ebla" "$@"
    fi
done
echo "ebla: no program here for this machine ($target, $level)" >&2
exit 1
