# shellcheck shell=sh disable=SC2034
# Sourced by ./ebla, eng/publish and the distribution's launcher: sets $target (the .NET runtime identifier) and $level (the
# instruction-set level of this CPU). No forks: this runs at every start.

# The x86-64 levels of the psABI, by the names that Linux gives the flags (pni = SSE3, abm = LZCNT; avx implies OSXSAVE,
# since the kernel hides it otherwise).
x86_v2="cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
x86_v3="avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
x86_v4="avx512f avx512bw avx512cd avx512dq avx512vl"

# has_flags FLAGS NEEDED: whether every word of NEEDED is in FLAGS.
has_flags() {
    for needed in $2; do
        case " $1 " in
            *" $needed "*) ;;
            *) return 1 ;;
        esac
    done
}

# detect_level CPUINFO_FILE: sets $level.
detect_level() {
    level=x86-64
    flags=
    while IFS= read -r line; do
        case $line in
            flags*) flags=${line#*: }; break ;;
        esac
    done < "$1"
    if has_flags "$flags" "$x86_v2"; then
        level=x86-64-v2
        if has_flags "$flags" "$x86_v3"; then
            level=x86-64-v3
            if has_flags "$flags" "$x86_v4"; then
                level=x86-64-v4
            fi
        fi
    fi
}

# detect_target: sets $target and $level. $machine may be given (uname -m).
detect_target() {
    machine=${machine:-$(uname -m)}
    libc=linux
    for loader in /lib/ld-musl-*.so.1; do
        if [ -e "$loader" ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ] && [ ! -e /lib/ld-linux-aarch64.so.1 ]; then
            libc=linux-musl
        fi
    done
    case $machine in
        x86_64 | amd64) target=$libc-x64; detect_level /proc/cpuinfo ;;
        aarch64 | arm64) target=$libc-arm64; level=armv8-a ;;
        *) target=$libc-$machine; level=any ;;
    esac
}
