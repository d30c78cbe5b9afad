# shellcheck shell=bash
# File systems whose files the kernel makes when they are read: sizes say nothing, some give for ever, some wait for ever.
make_repository
expect_backup() {
    local code=0
    timeout -k 5 150 ebla backup "$@" --json > stdout 2> stderr || code=$?
    (( code == 0 || code == 3 )) || { tail -n 5 stderr; fail "backup of $* exited $code"; }
}

expect_backup /proc/version /proc/kcore /proc/kmsg /proc/sys /proc/$$ /dev/pts /dev/null
expect_json 'd["bytes_processed"] < 1 << 28 and d["files_new"] > 100' stdout
if [[ -r /proc/kcore ]]; then
    expect_match "^cannot read /proc/kcore: the kernel makes its content when it is read, and gives more than" stderr
fi
if [[ -r /proc/kmsg ]]; then
    expect_match "^cannot read /proc/kmsg: what is read of it is lost to the programs that wait for it$" stderr
fi
expect_exit 0 ebla restore latest:/proc/version restored
cmp /proc/version restored/version
expect_exit 0 ebla restore latest:/proc/sys/kernel restored
cmp /proc/sys/kernel/ostype restored/ostype

# Times that stand still do not make such files unmodified.
expect_backup /proc/version
expect_backup /proc/version
expect_json 'd["files_unmodified"] == 0 and d["files_changed"] == 1' stdout

expect_backup /sys
expect_json 'd["files_new"] > 100' stdout

# The kernel's trace: reading trace_pipe waits, and takes away; to close free_buffer frees the buffer.
if (( EUID == 0 )) && mkdir trace && mount -t tracefs none trace; then
    trap 'umount "$PWD/trace"' EXIT
    before=$(cat trace/buffer_size_kb)
    expect_backup trace
    expect_match "trace/trace_pipe: what is read of it is lost" stderr
    [[ $(cat trace/buffer_size_kb) == "$before" ]] || fail "the backup changed the trace buffer"
fi
