# shellcheck shell=bash disable=SC2317
# Stores that refuse deletions to the client, on a REST server, over S3 by policy and by object lock, and in a local folder: backups go on,
# with sessions and checkpoints; a stolen client can remove nothing; and the owner, who may delete, gets the space back.
. "$ROOT/tests/cli/lib-stores"

# owned ARGUMENT..., client ARGUMENT...: ebla with the owner's access to the store, and with the client's. Redefined by each store.
owned() { on "$@"; }
client() { on "$@"; }
# reader ARGUMENT...: as the client, where it may set the owners of what is restored.
reader() { client "$@"; }
# sealed: what the owner's machine does after each backup; most stores need nothing.
sealed() { :; }

# change ROUND: other files in ./source, of the user who is the client of the local folder.
change() {
    mkdir -p source
    head -c 3000000 /dev/urandom > "source/noise$1"
    rm -f "source/noise$(( $1 - 1 ))"
    seq "$1" 20000 > source/text
    (( EUID != 0 )) || chown -R 65534:65534 source
}

# life: what every such store must bear. The place is in EBLA_REPOSITORY.
life() {
    local round ids left
    export EBLA_KEY_FILE=$PWD/key
    rm -rf source key
    expect_exit 0 owned init
    chmod a+r key
    for round in 1 2 3; do
        change $round
        expect_exit 0 client backup source
        [[ ! -s stderr ]] || { cat stderr; fail "a backup that may not delete complains"; }
        sealed
    done
    expect_exit 0 reader restore latest restored
    expect_same source "restored$PWD/source"
    rm -rf restored
    expect_exit 0 client check --read-data
    expect_match '^no errors' stdout

    # To forget is to put a note, which hides. A prune removes nothing, condemns nothing, and says so in one line.
    expect_exit 0 client snapshots --json
    mapfile -t ids < <(json '"\n".join(s["id"] for s in d)' stdout)
    expect_exit 0 client forget --keep-last 1
    sealed
    expect_exit 0 client snapshots --json
    expect_json 'len(d) == 1' stdout
    refused_prune "${ids[@]}"
    expect_exit 0 client check --read-data

    # The owner.
    expect_exit 0 owned prune --max-unused 0 --json
    expect_json "(d['snapshots_removed'], d['deletions_refused']) == ($FORGOTTEN, 0) and d['packs_removed'] > 0" stdout
    expect_json "d['bytes_freed'] > 3000000" stdout
    left=$(sessions)
    [[ $left == 0 ]] || fail "$left records of sessions are left"
    expect_exit 0 owned check --read-data
    expect_match '^no errors' stdout
    expect_exit 0 reader restore latest restored
    expect_same source "restored$PWD/source"
    rm -rf restored
    change 4
    expect_exit 0 client backup source
    sealed
    expect_exit 0 owned check
}

# refused_prune ID...: the client's; and what was forgotten can be brought back after it.
refused_prune() {
    expect_exit 1 client prune --max-unused 0
    [[ $(wc -l < stderr) == 1 ]] || { cat stderr; fail "not exactly one line"; }
    expect_match 'the store refuses deletions, so nothing was removed' stderr
    sealed
    expect_exit 0 client undelete "$2"
    sealed
    expect_exit 0 reader restore "$2" restored
    rm -rf restored
    FORGOTTEN=1
}

# sessions: how many records of sessions the store holds.
sessions() { find "$FILES" -type f -path "*/$SESSIONS/*" | wc -l; }

# A server of the REST protocol, in append-only mode for the client; the owner has another on the same files.
start_server rclone-rest APPEND_ONLY=1
limited=$LOCATION/x FILES=${servers[-1]}/files SESSIONS=locks
start_server rclone-rest FILES="$FILES"
open=$LOCATION/x
EBLA_REPOSITORY=$open
export EBLA_REPOSITORY
client() { EBLA_REPOSITORY=$limited on "$@"; }
life
# The thief asks the server himself.
pack=$(find "$FILES/x/data" -type f | head -n 1)
[[ $(curl -s -o /dev/null -w '%{http_code}' -u backup:secret -X DELETE "http://${limited#*@}/data/${pack##*/}") == 403 ]] || fail "deleted"
[[ -e $pack ]] || fail "a pack is gone"
client() { on "$@"; }

# S3: credentials that may put and get and not delete, by a policy of the bucket. What the client puts is the client's to Ceph, so the policy
# also lets the owner do everything with it.
start_server radosgw
admin() { radosgw-admin -n client.rgw "$@" > admin.out 2>&1 || { cat admin.out; fail "radosgw-admin $1"; }; }
admin user create --uid=writer --display-name=writer --access-key=writer-key --secret-key=other-secret-0123456789
endpoint=${LOCATION#s3:} endpoint=${endpoint%/ebla}
cat > policy <<'POLICY'
{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/writer"}, "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
     "Resource": "arn:aws:s3:::ebla"},
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/writer"}, "Action": ["s3:GetObject", "s3:PutObject"],
     "Resource": "arn:aws:s3:::ebla/*"},
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/test"}, "Action": "s3:*", "Resource": "arn:aws:s3:::ebla/*"}]}
POLICY
"$ROOT/tests/servers/bucket-policy" "$endpoint" ebla ebla-test-key "$EBLA_STORE_PASSWORD" policy || fail "the gateway takes no policy"
export EBLA_REPOSITORY=$LOCATION/x
client() { EBLA_STORE_PASSWORD=other-secret-0123456789 on "$@" -o s3.key-id=writer-key; }
sessions() { radosgw-admin -n client.rgw bucket list --bucket=ebla --max-entries=100000 2> /dev/null | grep -c '"name": "x/sessions/' || true; }
life

# S3 with object lock: for two days nobody deletes. Sessions are not locked. The prune tries, since older objects could go, and says what was refused.
export EBLA_REPOSITORY=${LOCATION%/*}/locked/x
locks=(-o s3.lock-mode=compliance -o s3.lock-days=2)
client() { on "$@" "${locks[@]}"; }
owned() { client "$@"; }
rm -rf source key
expect_exit 0 owned init
for round in 1 2 3; do
    change $round
    expect_exit 0 client backup source
done
expect_exit 0 client forget --keep-last 1
expect_exit 3 client prune --max-unused 0
[[ $(wc -l < stderr) == 1 ]] || { cat stderr; fail "not exactly one line"; }
expect_match 'cannot be deleted: .*refuses deletions' stderr
expect_match 'refused by the store' stdout
expect_exit 0 client check --read-data
expect_exit 0 client restore latest restored
expect_same source "restored$PWD/source"
rm -rf restored
change 4
expect_exit 0 client backup source
owned() { on "$@"; }

# A local folder: names in append-only folders stay, and what is in the files is made immutable after each backup. Needs root.
if (( EUID == 0 )); then
    OPTIONS=()
    export EBLA_REPOSITORY=$PWD/repo
    FILES=$PWD/repo SESSIONS=sessions
    chmod 711 "$HOME/.." "$HOME/../.."
    install -d -m 700 -o 65534 -g 65534 nobody
    cp -r "$(dirname "$(readlink -f "$ROOT"/artifacts/ebla/linux-*/ebla | head -n 1)")" program
    client() { as_nobody env HOME="$PWD/nobody" TMPDIR="$PWD/nobody" program/ebla "$@"; }
    reader() { ebla "$@"; }
    # As the documentation has it.
    prepared() {
        mkdir -p repo/packs/{0..9}{0..9} repo/packs/{0..9}{a..f} repo/packs/{a..f}{0..9} repo/packs/{a..f}{a..f}
        chown -R 65534:65534 repo
        chattr +a repo repo/packs repo/packs/?? repo/index repo/snapshots repo/keys repo/notes repo/condemned repo/settings
        sealed
    }
    sealed() { find repo -type f ! -path 'repo/tmp/*' ! -path 'repo/sessions/*' -exec chattr +i '{}' +; }
    opened() { chattr -R -i -a repo; }
    trap 'chattr -R -i -a repo 2> /dev/null || true; stop_servers' EXIT
    owned() {
        local code=0
        [[ ! -e repo ]] || opened
        ebla "$@" || code=$?
        prepared
        return $code
    }
    sessions() { find repo/sessions -type f | wc -l; }
    life
    # The thief.
    pack=$(find repo/packs -type f | head -n 1)
    ! as_nobody rm -f "$pack" 2> thief || fail "removed $pack"
    ! as_nobody truncate -s 0 "$pack" 2> thief || fail "emptied $pack"
    ! as_nobody mv "$pack" repo/tmp/x 2> thief || fail "moved $pack"
    ! as_nobody chattr -a repo/packs 2> thief || fail "took the mark away"
    opened
fi
