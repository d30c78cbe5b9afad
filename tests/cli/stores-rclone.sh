# shellcheck shell=bash
# Whole backups through rclone that the program runs itself, to a remote over the network and to a folder: killed, dropped, stalled,
# resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server nginx-dav
through_line
start_server rclone
# A remote is what rclone's configuration says; here its environment. Puts to a plain folder are no choice for kills: rclone before 1.63
# writes them under their final name.
RCLONE_CONFIG_CLOUD_PASS=$(rclone obscure "$EBLA_STORE_PASSWORD")
export RCLONE_CONFIG_CLOUD_TYPE=webdav RCLONE_CONFIG_CLOUD_VENDOR=other RCLONE_CONFIG_CLOUD_USER=backup RCLONE_CONFIG_CLOUD_PASS
export RCLONE_CONFIG_CLOUD_URL=http://127.0.0.1:$LINE_PORT/dav
folder=$LOCATION LOCATION=rclone:cloud:top THROUGH=rclone:cloud:top
trial
story

expect_refusal 10 'no repository' on snapshots --repo "$folder/none"
expect_refusal 1 'rclone has no remote of this name.*no-such-remote|no-such-remote.*rclone has no remote' \
    on snapshots --repo "rclone:no-such-remote:x"
expect_refusal 1 "program 'no-such-rclone' is not there" on snapshots -o rclone.program=no-such-rclone
# What the cloud refuses, though rclone is as it should be.
RCLONE_CONFIG_CLOUD_PASS=$(rclone obscure wrong) expect_refusal 13 'rclone.*(401|[Uu]nauthorized)' on snapshots
RCLONE_CONFIG_CLOUD_PASS=$(rclone obscure wrong) expect_refusal 13 'rclone.*(401|[Uu]nauthorized)' on init --repo rclone:cloud:new
RCLONE_CONFIG_CLOUD_URL=http://127.0.0.1:$(free_port)/dav expect_refusal 1 'connection refused' on snapshots --retry-for 0
RCLONE_CONFIG_CLOUD_URL=http://nowhere.invalid/dav expect_refusal 1 'nowhere.invalid' on snapshots --retry-for 0
if (( EUID == 0 )); then
    files=${folder#rclone:}
    mkdir "$files/full"
    mount -t tmpfs -o size=20m tmpfs "$files/full"
    refuse_full "$folder/full/x"
    umount "$files/full"
fi
! pgrep -f "rclone serve restic.*cloud" || fail "a process of rclone outlives the program"
