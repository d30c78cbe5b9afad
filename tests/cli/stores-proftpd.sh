# shellcheck shell=bash
# Whole backups over SFTP to ProFTPD, which has no extensions: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server proftpd
trial
through_line
story

server=${servers[-1]}
ssh-keygen -q -t ed25519 -N '' -f stranger
sed "s!IdentityFile .*!IdentityFile $PWD/stranger!" "$server/ssh_config" > other_config
expect_refusal 13 'permission|denied|key|credentials' on snapshots -o sftp.config="$PWD/other_config"
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
if (( EUID == 0 )); then
    refuse_closed "$server/files/closed" "$LOCATION/closed"
    mkdir "$server/files/full"
    mount -t tmpfs -o size=20m tmpfs "$server/files/full"
    refuse_full "$LOCATION/full/x"
    umount "$server/files/full"
fi
