# shellcheck shell=bash
# Whole backups through rclone that the program runs itself: killed, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server rclone
files=${LOCATION#rclone:}
trial
THROUGH=$LOCATION
sent_up() { du -sb "$files" | cut -f1; }
story

expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
expect_refusal 1 'no-such-remote' on snapshots --repo "rclone:no-such-remote:x" --retry-for 0
if (( EUID == 0 )); then
    mkdir "$files/full"
    mount -t tmpfs -o size=20m tmpfs "$files/full"
    refuse_full "$LOCATION/full/x" 'space|500|connection broke'
    umount "$files/full"
fi
! pgrep -f "rclone serve restic.*$files" || fail "a process of rclone outlives the program"
