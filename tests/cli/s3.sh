# shellcheck shell=bash
# Credentials for S3 from all the usual places, and what is wrong with a store in one line each, with its exit code.
start_server radosgw
unset "${!AWS_@}"
address=${LOCATION%/*}
key_id=ebla-test-key secret=$EBLA_STORE_PASSWORD
head -c 32 /dev/urandom > key
export EBLA_KEY_FILE=$PWD/key EBLA_REPOSITORY=$address/machines/one
mkdir data
head -c 3000000 /dev/urandom > data/file

# expect_line CODE PATTERN COMMAND...: fails with that code and one line on standard error, which matches.
expect_line() {
    local code=$1 pattern=$2
    shift 2
    expect_exit "$code" "$@"
    expect_match "$pattern" stderr
    [[ $(grep -c '^ebla: ' stderr) == 1 ]] || { cat stderr; fail "not one line"; }
}

# A bucket of its own is made; the options are enough.
expect_exit 0 ebla init "${OPTIONS[@]}"
expect_exit 0 ebla backup data "${OPTIONS[@]}"
unset EBLA_STORE_PASSWORD

# The environment; its server, too.
export AWS_ACCESS_KEY_ID=$key_id AWS_SECRET_ACCESS_KEY=$secret
expect_exit 0 ebla snapshots
AWS_ENDPOINT_URL=${address#s3:} expect_exit 0 ebla snapshots --repo s3://machines/one
AWS_SECRET_ACCESS_KEY=wrong expect_line 13 'secret key is wrong' ebla snapshots
AWS_ACCESS_KEY_ID=nobody expect_line 13 'does not know this access key' ebla snapshots
unset "${!AWS_@}"

# Profiles.
mkdir -p ~/.aws
cat > ~/.aws/credentials <<CREDENTIALS
[default]
aws_access_key_id = $key_id
aws_secret_access_key = wrong
[backups]
aws_access_key_id = $key_id
aws_secret_access_key = $secret
[command]
credential_process = echo '{"Version": 1, "AccessKeyId": "$key_id", "SecretAccessKey": "$secret"}'
CREDENTIALS
expect_exit 0 ebla snapshots -o s3.profile=backups
AWS_PROFILE=backups expect_exit 0 ebla snapshots
expect_line 13 'secret key is wrong' ebla snapshots
expect_line 13 "no profile 'other'" ebla snapshots -o s3.profile=other
rm ~/.aws/credentials
expect_line 13 'No credentials for S3' ebla snapshots

# Certificates, and no network.
export AWS_ACCESS_KEY_ID=$key_id AWS_SECRET_ACCESS_KEY=$secret
tls=${TLS_LOCATION%/*}/machines/one
expect_line 13 "certificate .*whom nothing here trusts" ebla snapshots --repo "$tls"
expect_exit 0 ebla snapshots --repo "$tls" -o s3.ca-file="$TLS_CA_FILE"
expect_exit 0 ebla restore latest restored --repo "$tls" -o s3.ca-file="$TLS_CA_FILE"
[[ $(find restored -type f -exec cmp {} data/file \; -print) == */file ]] || fail "not restored"
expect_line 1 'cannot be reached' ebla snapshots --repo "s3:http://127.0.0.1:1/machines" --retry-for 0s

# What is not there, and what makes no sense.
expect_line 10 'no repository' ebla snapshots --repo "$address/machines/two"
expect_line 10 "no bucket 'missing' here. To make it" ebla snapshots --repo "$address/missing/two"
[[ $(wc -l < stderr) == 1 ]] || fail "a missing bucket is more than a line"
expect_line 2 'credentials do not belong' ebla snapshots --repo "s3:http://$key_id:$secret@127.0.0.1/machines"
! grep -q "$secret" stderr || fail "the secret is in the message"
expect_line 2 'DEEP_ARCHIVE' ebla snapshots -o s3.storage-class=DEEP_ARCHIVE

# A store that may not grow.
radosgw-admin -n client.rgw quota set --uid=test --quota-scope=bucket --max-size=4194304 > /dev/null
radosgw-admin -n client.rgw quota enable --uid=test --quota-scope=bucket > /dev/null
head -c 30000000 /dev/urandom > data/more
expect_line 1 'quota is used up' ebla backup data
expect_exit 0 ebla check
