# Killed with -9 at any moment, the next run carries on: it stores again only what was in flight, and everything is whole.
export EBLA_REPOSITORY=$PWD/repo EBLA_KEY_FILE=$PWD/key
mkdir source
for i in 1 2 3 4 5 6 7 8; do
    openssl enc -aes-128-ctr -nosalt -pass "pass:$i" -pbkdf2 -iter 1 < /dev/zero 2> /dev/null | head -c 60000000 > "source/noise$i" || true
done
cp -r /usr/share/doc source/doc 2> /dev/null || true
expect_exit 0 ebla init
stored() { du -sb repo/packs 2> /dev/null | cut -f1; }

# Seeds are delays; each run is killed later than the last.
for milliseconds in 30 60 90 130 180 250 350 500 700 900; do
    before=$(stored)
    ebla backup --quiet source > killed.out 2>&1 &
    sleep "$(printf '0.%03d' "$milliseconds")"
    kill -9 $! 2> /dev/null || true
    wait $! 2> /dev/null || true
    expect_exit 0 ebla check
    (( $(stored) >= before )) || fail "a killed run left less than there was"
done

# What the killed runs stored is found again: at most what was in flight (four packs) is stored twice by any of them.
before=$(stored)
expect_exit 0 ebla backup --json source
added=$(python3 -c 'import json; print(json.load(open("stdout"))["bytes_stored"])')
total=$(du -sb --apparent-size source | cut -f1)
(( before + added <= total + total / 50 + 10 * 4 * 17000000 )) || fail "$before bytes before and $added more for $total of source"
(( added <= total - before * 3 / 4 + 70000000 )) || fail "stored $added of $total although $before were there"
expect_exit 0 ebla check --read-data
expect_exit 0 ebla restore latest restored
expect_same source "restored$PWD/source"
