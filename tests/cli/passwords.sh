# shellcheck shell=bash
# Passwords by every way there is, and key files: what opens and what does not.
export EBLA_REPOSITORY=$PWD/repo
printf 'correct horse\nsecond line\n' > password
EBLA_PASSWORD='correct horse' expect_exit 0 ebla init
EBLA_PASSWORD='correct horse' expect_exit 0 ebla snapshots
EBLA_PASSWORD_FILE=password expect_exit 0 ebla snapshots
EBLA_PASSWORD_COMMAND='head -n 1 password' expect_exit 0 ebla snapshots
EBLA_PASSWORD=wrong expect_exit 0 ebla snapshots --password-file password
expect_exit 0 ebla snapshots --password-command 'cat password'

EBLA_PASSWORD=wrong expect_exit 12 ebla snapshots
expect_match "^ebla: /.*: No key slot opens with the password" stderr
[[ $(wc -l < stderr) == 1 ]] || fail "more than one line: $(cat stderr)"
head -c 32 /dev/urandom > key
expect_exit 12 ebla snapshots --key-file key
expect_exit 12 ebla snapshots --key-file missing
expect_match "^ebla: .*/missing: there is no such key file.$" stderr
expect_exit 12 ebla snapshots --password-file missing
expect_match "^ebla: missing: there is no such password file.$" stderr
expect_exit 12 ebla snapshots --key-file .
expect_match "this is a folder, not a key file" stderr
: > blank
expect_exit 12 ebla snapshots --password-file blank
expect_exit 12 ebla snapshots --password-command 'echo no; exit 3'
expect_match "exited with 3" stderr
expect_exit 2 ebla snapshots --password-file password --password-command 'cat password'
expect_exit 2 ebla snapshots
expect_match "No password or key is given" stderr

# Password and key file: both are needed.
export EBLA_REPOSITORY=$PWD/both
expect_exit 0 ebla init --password-file password --key-file key
expect_exit 12 ebla snapshots --password-file password
expect_exit 12 ebla snapshots --key-file key
expect_exit 0 ebla snapshots --password-file password --key-file key
# A key file may come through a pipe.
expect_exit 0 ebla snapshots --password-file password --key-file <(cat key)
