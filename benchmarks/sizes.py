#!/usr/bin/env python3
"""Chunk and frame sizes compared: for each pair one first backup, and one after realistic edits, of each data set.

    python3 benchmarks/sizes.py [--sets source,image] [--averages 64,128,256] [--frames 512,1024] [--work /dev/shm]

Prints a markdown table: CPU seconds, bytes stored first, stored by the edit, index segments, peak memory.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

BENCH = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, BENCH)
import datasets  # noqa: E402


def run(program, repository, average, frame, path):
    line = subprocess.run([program, "backup", repository, str(average), str(frame), path],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(line)


def folder_size(path):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="source,image")
    parser.add_argument("--averages", default="64,128,256,512,1024")
    parser.add_argument("--frames", default="256,512,1024,2048,4096")
    parser.add_argument("--pairs", help="AVERAGE:FRAME,... instead of all combinations")
    parser.add_argument("--work", default="/dev/shm")
    parser.add_argument("--cache", default=os.path.join(BENCH, "data"))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    out = os.path.join(BENCH, "..", "artifacts", "sizes")
    subprocess.run(["dotnet", "publish", "-v", "quiet", "-c", "Release", "-o", out, os.path.join(BENCH, "Ebla.Bench")],
                   check=True, stdout=sys.stderr)
    program = os.path.join(out, "Ebla.Bench")
    pairs = ([tuple(int(size) for size in pair.split(":")) for pair in options.pairs.split(",")] if options.pairs else
             [(int(average), int(frame)) for average in options.averages.split(",") for frame in options.frames.split(",")])
    sets = datasets.all_sets(options.cache, options.quick)
    print("| data | chunk KiB | frame KiB | CPU s | stored MiB | edit MiB | index KiB | peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for name in options.sets.split(","):
        sets[name].prepare()
        for average, frame in pairs:
            repository = os.path.join(options.work, "ebla-sizes")
            for left in (repository, repository + ".cache"):
                shutil.rmtree(left, ignore_errors=True)
            first = run(program, repository, average, frame, sets[name].path)
            index = folder_size(os.path.join(repository, "index"))
            sets[name].edit()
            try:
                edit = run(program, repository, average, frame, sets[name].path)
            finally:
                sets[name].revert()
            print(f"| {name} | {average} | {frame} | {first['cpu_seconds']:.1f} | {first['bytes_stored'] / 2**20:.1f} "
                  f"| {edit['bytes_stored'] / 2**20:.2f} | {index / 1024:.0f} | {first['peak_bytes'] / 2**20:.0f} |", flush=True)
            for left in (repository, repository + ".cache"):
                shutil.rmtree(left, ignore_errors=True)


if __name__ == "__main__":
    main()
