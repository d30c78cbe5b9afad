# shellcheck shell=bash
# Killed with -9 at any moment, a restore leaves no half file under a final name, and the next run ends it and leaves nothing behind.
make_repository
mkdir source
openssl enc -aes-128-ctr -nosalt -pass pass:killed -pbkdf2 -iter 1 < /dev/zero 2> /dev/null | head -c 200000000 > noise || true
head -c 100000000 noise > source/large
# 3,000 files of up to 40,000 bytes, and some of several chunks.
python3 - <<'PYTHON'
import os
with open("noise", "rb") as noise:
    noise.seek(100_000_000)
    for i in range(3000):
        folder = f"source/d{i % 37}/e{i % 5}"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/f{i}", "wb") as file:
            file.write(noise.read(6_000_000 if i % 500 == 7 else (i * 7919) % 40_000))
PYTHON
rm noise
cp -al source/d7 source/linked
expect_exit 0 ebla backup source
export top=$PWD/source

# expect_whole: every file of ./out that has its final name equals the source's. Its times may be missing yet.
expect_whole() {
    python3 - <<'PYTHON'
import os, sys
count = 0
for folder, _, names in os.walk("out" + os.environ["top"]):
    for name in names:
        if not name.startswith(".ebla-restore-"):
            path = os.path.join(folder, name)
            count += os.path.getsize(path) > 0
            with open(path, "rb") as found, open(path[3:], "rb") as wanted:
                if found.read() != wanted.read():
                    sys.exit(f"{path} is not whole")
print(count)
PYTHON
}

# start BYTES OPTION...: a restore that is killed once ./out holds so many more; it is held back, or it would be through before that is seen.
start() {
    local wanted=$(( $(written) + $1 )) process
    shift
    ebla restore latest out --limit-download 100M "$@" > killed.out 2>&1 &
    process=$!
    while kill -0 "$process" 2> /dev/null && (( $(written) < wanted )); do
        sleep 0.01
    done
    kill -9 "$process" 2> /dev/null || true
    wait "$process" 2> /dev/null || true
}

written() { du -s --block-size=1 out | cut -f 1; }

finish() {
    [[ -z $(find out -name '.ebla-restore-*' -print -quit) ]] || fail "left behind: $(find out -name '.ebla-restore-*')"
    expect_exit 0 "$ROOT/tests/torture/compare" source "out$top"
    rm -rf out
}

mkdir out
expect_exit 0 ebla restore latest out
whole=$(written)
finish

# Once killed and ended; the moments go from the first to the last.
partly=0
for sixth in 1 2 3 4 5; do
    mkdir out
    start $(( whole * sixth / 6 ))
    count=$(expect_whole) || fail "after $sixth sixths: $count"
    (( count == 0 || count >= $(find source -type f ! -empty | wc -l) )) || partly=$(( partly + 1 ))
    if (( sixth % 2 == 0 )); then
        expect_exit 0 ebla restore latest out --overwrite never --json
        (( count == 0 )) || expect_json 'd["left"] >= '"$count" stdout
    else
        expect_exit 0 ebla restore latest out --json
        # What stood there, or was begun, is not fetched again.
        there=$(json 'd["bytes_kept"]' stdout)
        echo "$sixth: $count files, $there bytes kept"
        (( count < 100 )) || expect_json 'd["bytes_kept"] > 0 and d["bytes_fetched"] < 202 * 10 ** 6' stdout
    fi
    finish
done
(( partly >= 3 )) || fail "only $partly kills met a restore that was under way"

# Killed again and again, it gets on.
mkdir out
for _ in 1 2 3; do
    start $(( whole / 5 ))
    expect_whole > /dev/null || fail "killed several times"
done
expect_exit 0 ebla restore latest out --json
expect_json 'd["bytes_fetched"] < 150 * 10 ** 6 and d["bytes_kept"] > 50 * 10 ** 6' stdout
finish
