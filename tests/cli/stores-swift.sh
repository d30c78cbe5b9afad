# shellcheck shell=bash
# Whole backups over S3 to OpenStack Swift: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server swift
trial
through_line
story

EBLA_STORE_PASSWORD=wrong expect_refusal 13 'signature|secret|credentials|key' on snapshots
expect_refusal 13 'key' on snapshots -o s3.key-id=test:nobody
refuse_missing_bucket
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
# Somebody who may do nothing in this bucket.
EBLA_STORE_PASSWORD=other-secret expect_refusal 13 'permi|denied|may not|allow' on snapshots -o s3.key-id=test:other
# A bucket that may not hold one pack: Swift counts what is there when a put begins, and two begin at once.
"$ROOT/tests/servers/swift" quota "${servers[-1]}" poor 10000000
refuse_full "${LOCATION%/*}/poor/x"
