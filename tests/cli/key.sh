# shellcheck shell=bash
# Key slots are listed, added, removed and replaced; nobody is shut out by mistake.
make_repository
expect_exit 0 ebla key list --json
expect_json 'len(d) == 1 and d[0]["kind"] == "key_file" and d[0]["opened"] and d[0]["kdf_passes"] is None' stdout
expect_json 'sorted(d[0]) == ["created", "id", "kdf_memory_bytes", "kdf_passes", "kind", "label", "member", "opened"]' stdout
first=$(json 'd[0]["id"]' stdout)
expect_exit 1 ebla key remove "$first"
expect_exit 2 ebla key add
expect_match "EBLA_NEW_PASSWORD" stderr

EBLA_NEW_PASSWORD='new one' expect_exit 0 ebla key add --label "in the safe"
expect_exit 0 ebla key list
expect_match "^${first:0:8}\* +key file " stdout
expect_match 'password .* in the safe$' stdout
EBLA_KEY_FILE='' EBLA_PASSWORD='new one' expect_exit 0 ebla snapshots
EBLA_KEY_FILE='' EBLA_PASSWORD='new one' expect_exit 0 ebla key remove "${first:0:8}" --json
expect_json 'd["id"] == "'"$first"'"' stdout
expect_exit 12 ebla snapshots

export EBLA_KEY_FILE='' EBLA_PASSWORD='new one'
expect_exit 0 ebla key passwd --new-key-file second
unset EBLA_PASSWORD
export EBLA_KEY_FILE=$PWD/second
expect_exit 0 ebla key list --json
expect_json 'len(d) == 1 and d[0]["kind"] == "key_file" and d[0]["label"] == "in the safe"' stdout
EBLA_KEY_FILE='' EBLA_PASSWORD='new one' expect_exit 12 ebla snapshots
expect_exit 1 ebla key remove 00000000
expect_exit 2 ebla key
expect_exit 2 ebla key remove
