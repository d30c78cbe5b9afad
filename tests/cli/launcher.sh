# shellcheck shell=bash
# The launcher of a distribution picks the highest instruction-set level that the CPU and the distribution have.
v2="fpu cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
v3="$v2 avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
v4="$v3 avx512f avx512bw avx512cd avx512dq avx512vl"
mkdir -p dist/lib
install -m 755 "$ROOT/eng/launcher.sh" dist/ebla
for level in v2 v3 v4; do
    mkdir "dist/lib/x86-64-$level"
    printf '#!/bin/sh\necho "x86-64-%s $*"\n' "$level" > "dist/lib/x86-64-$level/ebla"
    chmod +x "dist/lib/x86-64-$level/ebla"
done

# on_cpu FLAGS: the launcher as it runs on an x86-64 CPU with these flags.
on_cpu() {
    printf 'processor\t: 0\nflags\t\t: %s\nbugs\t\t: none\n' "$1" > cpuinfo
    { echo "machine=x86_64"; sed "s:/proc/cpuinfo:$PWD/cpuinfo:" "$ROOT/eng/target.sh"; } > dist/lib/target.sh
}

on_cpu "$v2"
expect_exit 0 dist/ebla "a b"
expect_match "^x86-64-v2 a b$" stdout
on_cpu "$v3"
expect_exit 0 dist/ebla
expect_match "^x86-64-v3 $" stdout
on_cpu "$v4 later"
expect_exit 0 dist/ebla
expect_match "^x86-64-v4 $" stdout
on_cpu "${v3/avx2/}"
expect_exit 0 dist/ebla
expect_match "^x86-64-v2 $" stdout
on_cpu "${v4/avx512vl/}"
expect_exit 0 dist/ebla
expect_match "^x86-64-v3 $" stdout

rm -r dist/lib/x86-64-v3
on_cpu "$v3"
expect_exit 0 dist/ebla
expect_match "^x86-64-v2 $" stdout
on_cpu "fpu sse2"
expect_exit 1 dist/ebla
expect_match "no program here for this machine" stderr
