#!/bin/bash
# source.sh NAME STEP FOLDER: makes (step 1) or changes (step 2) the tree that golden repository NAME is a backup of. Needs root, for owners.
set -euo pipefail
export LC_ALL=C
name=$1 step=$2
mkdir -p "$3"
cd "$3"

case $name-$step in
v1-aes-1)
    printf 'The archive of Ebla held 17,000 clay tablets.\n' > plain.txt
    : > empty
    seq -f 'line %012.0f of a file that is cut into several chunks' 1 2500 > lines.txt
    head -c 2600000 /dev/zero > zeros                               # more than 32 pieces, all the same: a content list
    printf '#!/bin/sh\n' > run; chown 1000:1000 run; chmod 4755 run
    chmod 0600 empty
    printf 'raw\n' > $'not utf-8 \xff\xfe'
    printf 'control\n' > $'tab\tand bell\a'
    printf 'old\n' > before-1970; touch -d '@-1000000000' before-1970
    printf 'precise\n' > nanoseconds; touch -d '@1700000000.123456789' nanoseconds
    ln -s plain.txt link
    ln -s $'/nowhere/\xff' dangling
    printf 'two names\n' > first; ln first second
    ln -s target linked-1; ln linked-1 linked-2
    mkfifo pipe
    mkdir -p deep/er/and/deeper closed
    printf 'bottom\n' > deep/er/and/deeper/file
    printf 'secret\n' > closed/file
    chmod 1770 closed; chown 12345:54321 closed
    printf 'attributes\n' > attributes
    setfattr -n user.text -v 'some text' attributes; setfattr -n user.empty attributes; setfattr -n user.bytes -v 0x00ff0a attributes
    seq -f '%06.0f' 1 300 > many-attributes                          # more than fits into the node
    setfattr -n user.large -v "$(cat many-attributes)" many-attributes; setfattr -n user.small -v 1 many-attributes
    printf '#!/bin/true\n' > capable; chown 1000:1000 capable; chmod 2755 capable; setcap cap_net_bind_service+ep capable
    mkdir listed; printf 'for some\n' > listed/file
    setfacl -m u:12345:rw,g:54321:r listed/file; setfacl -m u:12345:rwx -d -m g:54321:rx,o::- listed
    printf 'not dumped\n' > flagged; chattr +dA flagged; chattr +d deep
    ;;
v1-aes-2)
    printf 'One more.\n' > added.txt
    rm plain.txt
    printf 'changed\n' >> deep/er/and/deeper/file
    chmod 0640 lines.txt
    setfattr -x user.text attributes; setfattr -n user.small -v 2 many-attributes; setfattr -n user.on-a-folder -v 1 listed
    setfacl -b listed/file; chattr -d deep
    ;;
v1-chacha-1)
    mkdir many                                                      # more than one leaf, so branches
    for i in {1..450}; do printf '%s\n' $(( i % 10 )) > "many/$i"; done
    printf 'after the branch\n' > zz
    ;;
esac
find . -depth ! -name before-1970 ! -name nanoseconds -exec touch -h -d "@16000000$step$step" {} +
