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
# A container with a quota, which is set by Swift's own protocol.
address=${LOCATION#s3:} address=${address%/*}
token=$(curl -sfi -H 'X-Auth-User: test:tester' -H 'X-Auth-Key: testing' "$address/auth/v1.0" | sed -nE 's/^X-Auth-Token: ([^[:space:]]*).*/\1/Ip')
curl -sf -X PUT -H "X-Auth-Token: $token" -H 'X-Container-Meta-Quota-Bytes: 20000000' "$address/v1/AUTH_test/poor"
refuse_full "${LOCATION%/*}/poor/x"
