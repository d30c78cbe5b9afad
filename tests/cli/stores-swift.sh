# shellcheck shell=bash
# Whole backups over S3 to OpenStack Swift: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server swift
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'signature|secret|credentials|key' on snapshots
expect_refusal 13 'key' on snapshots -o s3.key-id=test:nobody
expect_refusal 10 'bucket' on snapshots --repo "${LOCATION%/*}/no-such-bucket/x"
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
