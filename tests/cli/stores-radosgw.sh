# shellcheck shell=bash
# Whole backups over S3 to Ceph's gateway: killed, dropped, stalled, resumed, restored, copied; and what goes wrong.
. "$ROOT/tests/cli/lib-stores"
start_server radosgw
trial
through_line
story

server=${servers[-1]}
admin() { radosgw-admin -c "$server/ceph.conf" -n client.rgw "$@" > admin.out 2>&1 || { cat admin.out; fail "radosgw-admin $1"; }; }
EBLA_STORE_PASSWORD=wrong expect_refusal 13 'signature|secret|credentials|key' on snapshots
expect_refusal 13 'key' on snapshots -o s3.key-id=nobody
refuse_missing_bucket
expect_refusal 10 'no repository' on snapshots --repo "$LOCATION/none"
refuse_nobody_there
# Somebody who may do nothing in this bucket.
admin user create --uid=other --display-name=other --access-key=other-key --secret-key=other-secret-0123456789
EBLA_STORE_PASSWORD=other-secret-0123456789 expect_refusal 13 'permi|denied|may not|allow' on snapshots -o s3.key-id=other-key
# Somebody who may not store much. The gateway copies the quota into buckets that are made after it was set.
admin user create --uid=poor --display-name=poor --access-key=poor-key --secret-key=other-secret-0123456789
admin quota set --uid=poor --quota-scope=bucket --max-size=20000000
admin quota enable --uid=poor --quota-scope=bucket
OPTIONS+=(-o s3.key-id=poor-key)
EBLA_STORE_PASSWORD=other-secret-0123456789 refuse_full "${LOCATION%/*}/poor/x"

# A certificate that expired, and one that nobody vouches for.
start_server radosgw TLS=expired
expect_refusal 13 'certificate.*(expired|valid from|NotTimeValid)' on snapshots --repo "$LOCATION/x"
expect_refusal 13 'certificate' ebla snapshots --repo "$LOCATION/x" "${OPTIONS[@]:0:4}"
