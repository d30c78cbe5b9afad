#!/usr/bin/env python3
"""Writes chunker-vectors.txt. Made from the section "Chunker" of docs/format.md alone; shares nothing with the C# code.

The gear table and the decision here are stand-ins that any language has at hand:
  splitmix64(seed): the generator of Steele, Lea and Flood (2014), starting at the state `seed`
  gear:    the first 256 outputs of splitmix64(1)
  decide:  the first 8 bytes, little-endian, of SHA-256(b"ebla chunker vectors" + window)
  input `random N`:    N bytes of splitmix64(2), each output little-endian
  input `zeros N`:     N zero bytes
  input `lines N`:     the text b"line 0\\n", b"line 1\\n", ..., cut to N bytes
  input `period P N`:  the first P bytes of `random`, again and again, cut to N bytes
  input `mixed N`:     N/4 bytes of random, N/4 zeros, N/4 of lines, N/4 of period 1000
"""
import hashlib

M = (1 << 64) - 1


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & M
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
        yield z ^ (z >> 31)


def random(n):
    g = splitmix64(2)
    return b"".join(next(g).to_bytes(8, "little") for _ in range(n // 8 + 1))[:n]


def lines(n):
    return b"".join(b"line %d\n" % i for i in range(n // 7 + 1))[:n]


def period(p, n):
    return (random(p) * (n // p + 1))[:n]


def mixed(n):
    q = n // 4
    return random(q) + bytes(q) + lines(q) + period(1000, q)


g = splitmix64(1)
gear = [next(g) for _ in range(256)]


def decide(window):
    return int.from_bytes(hashlib.sha256(b"ebla chunker vectors" + window).digest()[:8], "little")


def gear_hash(window):
    return sum(gear[b] << k for k, b in enumerate(reversed(window))) & M


def cuts(data, minimum, average, maximum):
    centre = 3 * average // 4 - minimum // 2
    start, ends = 0, []
    while start < len(data):
        left = len(data) - start
        length = min(left, maximum)
        h = None
        for p in range(minimum, min(left, maximum - 1) + 1):
            end = start + p
            h = gear_hash(data[end - 64:end]) if h is None else (2 * h + gear[data[end - 1]]) & M
            if h * average < 16 << 64:
                window = data[end - 64:end]
                assert h == gear_hash(window)
                if len(set(window)) > 1 and decide(window) < (1 << 59 if p < centre else 1 << 61):
                    length = p
                    break
        start += length
        ends.append(start)
    return ends


K = 1024
print("# Written by chunker_reference.py, which says what the inputs are. Columns: input; min average max; ends of the chunks.")
for name, data in [
    ("random 1000", random(1000)),
    ("random 1000000", random(1000000)),
    ("zeros 200000", bytes(200000)),
    ("lines 600000", lines(600000)),
    ("period 1000 300000", period(1000, 300000)),
    ("mixed 1200000", mixed(1200000)),
]:
    for sizes in [(6 * K, 16 * K, 64 * K), (64, 16 * K, 32 * K), (24 * K, 64 * K, 256 * K)]:
        print("; ".join([name, " ".join(map(str, sizes)), " ".join(map(str, cuts(data, *sizes)))]))
