# shellcheck shell=bash
# Whole backups over SFTP to OpenSSH: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server sshd
trial
through_line
story

server=${servers[-1]}
sed "s!id_ed25519!id_other!" "$server/ssh_config" > other_config
expect_refusal 13 'permission|denied|key|credentials' on snapshots -o sftp.config="$PWD/other_config"
sed "s!UserKnownHostsFile .*!UserKnownHostsFile $PWD/known!" "$server/ssh_config" > config
echo -n > known
expect_refusal 13 'SHA256:' on snapshots --repo "$LOCATION/story" -o sftp.config="$PWD/config"
ssh-keygen -q -t ed25519 -N '' -f stranger
sed "s!ssh-ed25519 .*!$(cut -d' ' -f1,2 stranger.pub)!" "$server/known_hosts" > known
expect_refusal 13 'changed|another|differ' on snapshots --repo "$LOCATION/story" -o sftp.config="$PWD/config"
expect_refusal 13 'changed|another|differ' on snapshots --repo "$LOCATION/story" -o sftp.config="$PWD/config" --accept-new-host-key
echo -n > known
expect_exit 0 on snapshots --repo "$LOCATION/story" -o sftp.config="$PWD/config" --accept-new-host-key
expect_exit 0 on snapshots --repo "$LOCATION/story" -o sftp.config="$PWD/config"
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
if (( EUID == 0 )); then
    refuse_closed "$server/files/closed" "$LOCATION/closed"
    mkdir "$server/files/full"
    mount -t tmpfs -o size=20m tmpfs "$server/files/full"
    refuse_full "$LOCATION/full/x"
    umount "$server/files/full"
fi
