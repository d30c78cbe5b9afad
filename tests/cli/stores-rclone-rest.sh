# shellcheck shell=bash
# Whole backups over the REST protocol to rclone: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server rclone-rest
# Over a plain folder this version of rclone writes under the final name, so that it is not fit for several at once; the rest holds.
on backend test "$LOCATION" --quick --json > stdout 2> stderr || true
for name in 'put and get' 'conditional create' 'missing objects' 'large objects' ranges 'list after put' 'many small objects' replace delete; do
    expect_json "[t['verdict'] for t in d['trials'] if t['name'] == '$name'] == ['holds']" stdout
done
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'password|credentials|user' on snapshots
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
if (( EUID == 0 )); then
    start_server rclone-rest FULL=1
    refuse_full "$LOCATION/x" vague
fi
# Where nothing can be deleted, backups and restores go on.
start_server rclone-rest APPEND_ONLY=1
export EBLA_REPOSITORY=$LOCATION/x
make_source source
expect_exit 0 on init
expect_exit 0 on backup source
seq 1 1000 > source/more
expect_exit 0 on backup source
expect_exit 0 on restore latest restored
expect_same source "restored$PWD/source"
expect_exit 0 on check --read-data
on backend test "$LOCATION" --quick --json > stdout 2> stderr || true
expect_json "{t['name']: t['verdict'] for t in d['trials']}['delete'] == 'not_offered'" stdout
expect_match 'left behind: .*objects could not be deleted' stderr
