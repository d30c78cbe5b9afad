# shellcheck shell=bash
# Repositories are made, once; key files are made for their owner alone and never overwritten.
expect_exit 0 ebla init --repo repo --key-file key --json
expect_json 'sorted(d) == ["chunk_size", "cipher", "key_file", "location", "repository_id"]' stdout
expect_json 'd["location"].endswith("/work/repo") and d["key_file"].endswith("/work/key") and d["chunk_size"] >= 16384' stdout
expect_match "made the key file .*/key" stderr
[[ $(stat -c %a key) == 600 ]] || fail "the key file can be read by others"
before=$(b3sum key)

expect_exit 1 ebla init --repo repo --key-file key
expect_match "There is a repository at .*/repo already" stderr
expect_exit 0 ebla init --repo other --key-file key
[[ $(b3sum key) == "$before" ]] || fail "the key file was overwritten"
expect_exit 0 ebla snapshots --repo other --key-file key

expect_exit 0 ebla init -r small --key-file key --chunk-size 16KiB --json
expect_json 'd["chunk_size"] == 16384' stdout
for size in 100K 8KiB 16MiB many -1 ""; do
    expect_exit 2 ebla init -r bad --key-file key --chunk-size="$size"
    [[ ! -e bad ]] || fail "made a repository although --chunk-size is wrong"
done

# A key file that is no key; a folder that is not there; no credential and nobody to ask.
echo short > short
expect_exit 12 ebla init -r bad --key-file short
expect_match "32 to 1048576 bytes" stderr
expect_exit 2 ebla init -r bad --key-file missing/key
expect_exit 2 ebla init -r bad
expect_match "EBLA_PASSWORD" stderr
expect_exit 2 ebla init -r gopher://host/path --key-file key
expect_match "knows no .gopher. locations" stderr
[[ ! -e bad ]] || fail "made a repository without a key"
