#!/usr/bin/python3
"""Reads Ebla repositories. Written from docs/format.md alone; shares nothing with the C# code.

    ebla_reader.py REPOSITORY CREDENTIAL snapshots               sequence, id, time, host and paths of each snapshot
    ebla_reader.py REPOSITORY CREDENTIAL restore ID TARGET       restores a snapshot into the folder TARGET
    CREDENTIAL: --key-file=FILE, --password=TEXT, or both with a comma between

Everything is verified: names, signatures, hashes, padding, encodings, limits. It holds whole objects in memory and is slow: it is
there to show that the page is complete, and to get data out when nothing else runs. Needs python3-cryptography, b3sum and zstd; for
passwords also python3-argon2. Exits 1 with a message at the first thing that is not as the page says.
"""
import fcntl, hashlib, hmac, os, stat, struct, subprocess, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Bad(Exception):
    """Corrupt or Unsupported: the input is refused."""


def need(condition, message):
    if not condition:
        raise Bad(message)


# ---- Section 1: hashes, padding, CBOR ------------------------------------------------------------------------------

def blake3(data, key=None):
    """BLAKE3, keyed if there is a key, by the b3sum program."""
    fd = os.memfd_create('b3')
    try:
        with os.fdopen(os.dup(fd), 'wb') as file:
            file.write(data)
        run = subprocess.run(['b3sum', '--no-names', '--no-mmap'] + (['--keyed'] if key else []) + [f'/proc/self/fd/{fd}'],
                             input=key, stdout=subprocess.PIPE, pass_fds=[fd], check=True)
    finally:
        os.close(fd)
    return bytes.fromhex(run.stdout.decode().strip())


def hkdf(ikm, salt, info):
    prk = hmac.new(salt, ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b'\1', hashlib.sha256).digest()


def padme(length):
    if length < 2:
        return length
    e = length.bit_length() - 1
    z = e - e.bit_length()
    return -(-length >> z << z) if z > 0 else length


def unpad(padded, minimum):
    need(len(padded) >= 4, 'padding cut short')
    size = struct.unpack_from('<I', padded)[0]
    need(len(padded) == padme(max(minimum, 4 + size)) and not any(padded[4 + size:]), 'padding')
    return padded[4:4 + size]


def cbor(data):
    """One deterministic CBOR value that fills data."""
    def head(at):
        need(at < len(data), 'CBOR cut short')
        kind, value, at = data[at] >> 5, data[at] & 31, at + 1
        if value >= 24:
            need(value <= 27, 'CBOR: indefinite length or reserved')
            size = 1 << value - 24
            need(at + size <= len(data), 'CBOR cut short')
            value, at = int.from_bytes(data[at:at + size], 'big'), at + size
            need(value >= (24 if size == 1 else 1 << 4 * size), 'CBOR: number not in its shortest form')
        return kind, value, at

    def item(at, depth):
        need(depth < 16, 'CBOR too deep')
        kind, value, at = head(at)
        if kind <= 1:
            return (value if kind == 0 else -1 - value), at
        need(kind <= 5, 'CBOR: tag, float or simple value')
        need(value <= len(data) - at, 'CBOR cut short')
        if kind <= 3:
            raw = bytes(data[at:at + value])
            return (raw if kind == 2 else raw.decode('utf-8')), at + value
        if kind == 4:
            items = []
            for _ in range(value):
                one, at = item(at, depth + 1)
                items.append(one)
            return items, at
        fields, last = {}, -1
        for _ in range(value):
            key, at = item(at, depth + 1)
            need(type(key) is int and last < key < 1 << 32, 'CBOR: map keys')
            fields[key], at = item(at, depth + 1)
            last = key
        return fields, at

    try:
        value, end = item(0, 0)
    except UnicodeDecodeError:
        raise Bad('CBOR: text is not UTF-8')
    need(end == len(data), 'CBOR: bytes after the end')
    return value


def number(value, low=0, high=2**64 - 1):
    need(type(value) is int and low <= value <= high, f'a number out of range: {value!r}')
    return value


def raw(value, low, high=None):
    need(type(value) is bytes and low <= len(value) <= (low if high is None else high), 'a byte string of a wrong length')
    return value


def array(value, high, exactly=False):
    need(type(value) is list and (len(value) == high if exactly else len(value) <= high), 'an array of a wrong length')
    return value


def fields_of(value, known, most=64):
    """A map; fields from 64 on may be unknown."""
    need(type(value) is dict and len(value) <= most, 'no map, or too many fields')
    need(all(key in known or key >= 64 for key in value), 'a field of a newer version')
    return value


# ---- Sections 2 to 4: objects, keys ---------------------------------------------------------------------------------

SUITES = {1: AESGCM, 2: ChaCha20Poly1305}


def decrypt(suite, key, aad, text):
    try:
        return SUITES[suite](key).decrypt(bytes(12), bytes(text), aad)
    except Exception:
        raise Bad('does not decrypt')


def public_of(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def agree(private, public):
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Bad('a key agreement gives zero')
    need(any(shared), 'a key agreement gives zero')
    return shared


class Repository:
    def __init__(self, folder, password, key_file):
        self.folder = folder
        header = self.read('ebla')
        need(92 <= len(header) <= 4096 and header[:8] == b'EBLAREPO', 'the header is none')
        need(blake3(header[:-32]) == header[-32:], 'the header is damaged')
        version, reserved = struct.unpack_from('<HH', header, 8)
        need(version <= 1, 'the repository is of a newer version')
        need(version == 1 and reserved == 0 and len(header) == 92, 'the header is not valid')
        self.R, self.root_hash = header[12:28], header[28:60]
        self.sealing_cache = {}
        self.frame_cache = (None, None)
        self.open_keys(password, key_file)
        self.load_index()

    def read(self, path, offset=0, size=None):
        with open(os.path.join(self.folder, path), 'rb') as file:
            file.seek(offset)
            data = file.read() if size is None else file.read(size)
        need(size is None or len(data) == size, f'{path} is cut short')
        return data

    def names(self, kind):
        folder = os.path.join(self.folder, kind)
        found = os.listdir(folder) if os.path.isdir(folder) else []
        return sorted(name for name in found if len(name) == 64 and not set(name) - set('0123456789abcdef'))

    def object(self, path, kind):
        data = self.read(path)
        need(blake3(data).hex() == os.path.basename(path), f'{path} is damaged')
        self.prologue(data, kind)
        return data

    def prologue(self, data, kind):
        need(len(data) >= 24 and data[:4] == b'EBLA', 'no object')
        need(data[5] <= 1, 'an object of a newer version')
        need(data[4] == kind and data[5] == 1 and data[6:8] == bytes(2) and data[8:24] == self.R, 'a prologue')

    def verify(self, public, kind, body, signature):
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, b'ebla/1 sig ' + kind + self.R + blake3(body))
        except Exception:
            raise Bad(f'a signature of kind {kind.decode()} is wrong')

    def key_object(self, name):
        data = self.object('keys/' + name, 4)
        need(40 < len(data) <= 131072 and data[25:28] == bytes(3), 'a key object')
        sub, (b, t, x) = data[24], struct.unpack_from('<III', data, 28)
        need(1 <= sub <= 3, 'a key object of a newer version')
        end = 40 + b + t + x
        need(0 < b <= 16384 and t <= 32768 and x <= 65536 and len(data) == end + (96 if sub > 1 else 0), 'a key object')
        if sub > 1:
            need(blake3(data[end:end + 32]) == self.root_hash, 'another root key')
            self.verify(data[end:end + 32], {2: b'member', 3: b'grant'}[sub], data[:-64], data[-64:])
        body = fields_of(cbor(data[40:40 + b]), range(1, 8 if sub == 1 else 7), 128)
        return sub, name, data[:40 + b], body, data[40 + b:40 + b + t], data[40 + b + t:end]

    def open_keys(self, password, key_file):
        names = self.names('keys')
        need(len(names) <= 4096, 'too many key objects')
        objects, findings = [], []
        for name in names:
            try:
                objects.append(self.key_object(name))
            except Bad as problem:
                findings.append(f'{name}: {problem}')
        for finding in findings:
            print('passed over: keys/' + finding, file=sys.stderr)
        payload = self.open_slot([o for o in objects if o[0] == 1], password, key_file)
        self.m, seed, root_public = raw(payload[1], 16), raw(payload[2], 32), raw(payload[3], 32)
        need(blake3(root_public) == self.root_hash, 'the header and the slot name different root keys')
        if 4 in payload:
            need(public_of(Ed25519PrivateKey.from_private_bytes(raw(payload[4], 32))) == root_public, 'the root seed')
        sign, box, enrolment = (hkdf(seed, self.R, b'ebla/1 ' + what) for what in (b'sign', b'box', b'enrol'))
        self.members, numbers = {}, {}
        for _, _, _, body, t, x in [o for o in objects if o[0] == 2]:
            m, n, role = raw(body[1], 16), number(body[2], 1, 2**32 - 1), number(body[3], 1, 4)
            need(not t and x, 'a member')
            if n > numbers.get(m, 0):
                numbers[m], self.members[m] = n, (role, raw(body[4], 32))
        own = public_of(Ed25519PrivateKey.from_private_bytes(sign))
        need(4 in payload or self.m in self.members, "the member's own statement is missing")
        need(self.members.setdefault(self.m, (1, own))[1] == own, "the member's keys are not those the root key names")
        grants = [o for o in objects if o[0] == 3 and o[3][1] == self.m]
        need(grants, 'no grant')
        newest = max(grants, key=lambda o: o[3][3])
        need(len({o[3][2] for o in grants}) == 1, 'several rings: this reader knows one')
        self.open_grant(newest, box, enrolment)
        for o in objects:
            if o[0] < 3:
                self.open_box(4, o[2], o[5], 4092)
        known = [o for o in objects if o[0] == 1]
        for o in known:
            label = fields_of(cbor(self.open_box(4, o[2], o[5], 4092)), (1, 2, 3), 128)
            need(len(label[1].encode()) <= 256, 'a label')

    def open_slot(self, slots, password, key_file):
        given = (1 if password else 0) | (2 if key_file else 0)
        usable = [o for o in slots if number(o[3][1], 1, 3) & ~given == 0]
        for _, _, opened, body, sealed, _ in sorted(usable, key=lambda o: (o[3].get(5, 0) * o[3].get(6, 0), o[1]))[:64]:
            kind, suite, salt, ikm = body[1], body[2], raw(body[3], 16), b''
            need(suite in SUITES and len(sealed) >= 304, 'a slot')
            if kind & 1:
                from argon2.low_level import hash_secret_raw, Type
                need(body[4] == 1, 'a KDF of a newer version')
                ikm += hash_secret_raw(password, salt, number(body[6], 1, 64), number(body[5], 8, 4 << 20), 1, 32, Type.ID)
            if kind & 2:
                ikm += hkdf(key_file, salt, b'ebla/1 keyfile' + self.R)
            bound = self.R + bytes([kind, suite])
            if hkdf(ikm, salt, b'ebla/1 commit kek' + bound) == sealed[:32]:
                padded = decrypt(suite, hkdf(ikm, salt, b'ebla/1 kek' + bound), opened, sealed[32:])
                return fields_of(cbor(unpad(padded, 256)), (1, 2, 3, 4), 128)
        raise Bad('wrong password or key')

    def open_grant(self, grant, box, enrolment):
        _, _, opened, body, sealed, x = grant
        self.g, self.s, epk = raw(body[2], 16), body[4], raw(body[6], 32)
        need(self.s in SUITES and body[5] == 1 and not x and len(sealed) >= 1040, 'a grant')
        own = public_of(X25519PrivateKey.from_private_bytes(box))
        key = hkdf(agree(box, epk), enrolment, b'ebla/1 grant' + self.R + self.g + self.m + bytes([self.s, 1]) + epk + own)
        ring = fields_of(cbor(unpad(decrypt(self.s, key, opened, sealed), 1024)), range(1, 11), 128)
        I, self.C, publics, privates = raw(ring[1], 32), raw(ring[2], 32), raw(ring[3], 36, 576), raw(ring[4], 32, 512)
        need(ring[5] == 1 and len(publics) % 36 == 0 and len(publics) // 36 * 32 == len(privates), 'a ring')
        self.content_keys, last = {}, 0
        for i in range(len(publics) // 36):
            n, P, c = struct.unpack_from('<I', publics, 36 * i)[0], publics[36 * i + 4:36 * i + 36], privates[32 * i:32 * i + 32]
            need(n > last and public_of(X25519PrivateKey.from_private_bytes(c)) == P, 'a content key')
            self.content_keys[n], last = (c, P), n
        least, average, most = (number(ring[i]) for i in (6, 7, 8))
        need(16384 <= average <= 8388608 and average & average - 1 == 0 and 64 <= least <= average // 2
             and 2 * average <= most <= 4 * average, 'chunk sizes')
        self.psk = hkdf(I, self.R, b'ebla/1 psk' + self.g)
        naming = raw(ring[10], 64) if 10 in ring else I + self.R + self.g
        N, R, g = naming[:32], naming[32:48], naming[48:]
        self.id_keys = {1: hkdf(N, R, b'ebla/1 id file' + g), 2: hkdf(N, R, b'ebla/1 id tree' + g)}

    def open_box(self, kind, header, box, plaintext_max):
        need(4176 <= len(box) <= 80 + padme(max(4096, 4 + plaintext_max)), 'the size of a box')
        bound = self.R + self.g + bytes([self.s, kind])
        need(hkdf(self.C, box[:32], b'ebla/1 commit box' + bound) == box[32:64], 'a box of another key')
        padded = decrypt(self.s, hkdf(self.C, box[:32], b'ebla/1 box' + bound), header, box[64:])
        plaintext = unpad(padded, 4096)
        need(len(plaintext) <= plaintext_max, 'a box holds too much')
        return plaintext

    def open_signed_box(self, kind, label, header, box, body_max, roles):
        need(header[24:40] == self.g, 'an object of another ring')
        plaintext = self.open_box(kind, header, box, body_max + 80)
        need(len(plaintext) >= 80, 'a signed box')
        body, m, signature = plaintext[:-80], plaintext[-80:-64], plaintext[-64:]
        need(m in self.members and self.members[m][0] in roles, 'an unknown signer')
        self.verify(self.members[m][1], label, header + body, signature)
        return body, m

    def open_sealing(self, entry):
        if entry in self.sealing_cache:
            return self.sealing_cache[entry]
        need(52 < len(entry) <= 16404 and entry[:16] == self.g and entry[16] == self.s and entry[18:20] == bytes(2), 'a sealing')
        sealing_id, at, K = entry[20:52], 52, None
        need(1 <= entry[17] <= 8, 'recipients')
        for _ in range(entry[17]):
            need(at + 4 <= len(entry), 'a recipient')
            kem, reserved, size = struct.unpack_from('<BBH', entry, at)
            rest, at = entry[at + 4:at + 4 + size], at + 4 + size
            need(kem and not reserved and 1 <= size <= 2040 and len(rest) == size and (kem != 1 or size == 84), 'a recipient')
            n, epk = (struct.unpack_from('<I', rest)[0], rest[4:36]) if kem == 1 else (0, b'')
            if K is None and n in self.content_keys:
                c, P = self.content_keys[n]
                wrap = hkdf(agree(c, epk), self.psk, b'ebla/1 wrap' + self.R + self.g + bytes([self.s, 1]) + epk + P)
                K = decrypt(self.s, wrap, sealing_id, rest[36:])
        need(at == len(entry) and K is not None, 'a sealing for other keys')
        need(hkdf(K, self.R, b'ebla/1 commit' + self.g + bytes([self.s])) == sealing_id, 'a sealing id')
        self.sealing_cache[entry] = K
        return K

    def open_frame(self, entry, n, kind, record_hash, stored):
        K, n4 = self.open_sealing(entry), struct.pack('<I', n)
        aad = self.R + self.g + bytes([self.s]) + entry[20:52] + n4 + bytes([kind]) + record_hash
        return decrypt(self.s, hkdf(K, self.R, b'ebla/1 frame' + n4), aad, stored)

    # ---- Sections 5 to 7: records, frames, directories, index ------------------------------------------------------

    def load_index(self):
        """Maps each blob id to its places: pack, offset, record, place in the frame."""
        self.places, packs = {}, {}
        for name in self.names('index'):
            data = self.object('index/' + name, 2)
            body, _ = self.open_signed_box(2, b'index', data[:56], data[56:], 1 << 26, (1, 2, 4))
            count, at = struct.unpack_from('<I', body)[0], 4
            need(1 <= count <= 65536, 'an index segment')
            for _ in range(count):
                need(at + 44 <= len(body), 'an index segment')
                pack, (size, length) = body[at:at + 32].hex(), struct.unpack_from('<QI', body, at + 32)
                need(1 <= size < 1 << 32 and length <= len(body) - at - 44, 'an index segment')
                packs[pack] = (size, body[at + 44:at + 44 + length])
                at += 44 + length
            need(at == len(body), 'an index segment')
        for folder in sorted(os.listdir(os.path.join(self.folder, 'packs'))):
            for pack in self.names('packs/' + folder):
                need(pack[:2] == folder, 'a pack in the wrong folder')
                data = self.object(f'packs/{folder}/{pack}', 1)
                directory = self.pack_directory(data)
                if pack in packs:
                    need(packs.pop(pack) == (len(data), directory), 'an index entry differs from its pack')
                self.add_pack(pack, len(data), directory)
        need(not packs, 'packs of the index are missing')

    def pack_directory(self, data):
        size, reserved = struct.unpack_from('<II', data, len(data) - 16)
        need(data[-8:] == b'EBLAPACK' and reserved == 0 and size <= min(37748736, len(data) - 72), 'a trailer')
        body, _ = self.open_signed_box(1, b'pack', data[:56], data[-16 - size:-16], 1 << 25, (1, 2, 4))
        self.directory_end = len(data) - 16 - size
        return body

    def add_pack(self, pack, size, directory):
        sealings, at = {}, 4
        for _ in range(number(struct.unpack_from('<I', directory)[0], 1, 4096)):
            length = struct.unpack_from('<H', directory, at)[0]
            entry = directory[at + 2:at + 2 + length]
            need(len(entry) == length > 52 and entry[20:52] not in sealings, 'a sealing entry')
            sealings[entry[20:52]] = entry
            at += 2 + length
        count, at, offset = number(struct.unpack_from('<I', directory, at)[0], 1, 65536), at + 4, 56
        for _ in range(count):
            need(at + 60 <= len(directory), 'a record')
            kind, reserved, n, frame = struct.unpack_from('<BBHI', directory, at)
            sealing, m, k = directory[at + 8:at + 40], directory[at + 40:at + 56], struct.unpack_from('<I', directory, at + 56)[0]
            need(kind in (1, 2) and not reserved and 1 <= n <= 4096 and k <= (1 << 20 if kind == 2 else 0), 'a record')
            tail = at + 60 + 34 * n + (4 * n if kind == 2 else 0) + 16 * k
            record = directory[at:tail + 100]
            need(len(record) == tail - at + 100, 'a record cut short')
            for code in struct.unpack_from(f'<{n}H', record, 60 + 32 * n):
                length = (code & 255) << (code >> 8)
                rounded = padme(length)
                z = rounded.bit_length() - 8 if rounded > 255 else 0
                need(1 <= length <= 1 << 25 and rounded == length and code == 256 * z + (rounded >> z), 'a length code')
            links = struct.unpack_from(f'<{n}I', record, 60 + 34 * n) if kind == 2 else ()
            need(sum(links) == k and sealing in sealings and m in self.members, 'a record')
            self.verify(self.members[m][1], b'frame', record[:-64], record[-64:])
            stored = struct.unpack_from('<I', record, len(record) - 100)[0]
            need(28 + 4 * n < stored <= 41943040 and padme(stored - 16) == stored - 16, 'a stored size')
            link_at = 60 + 38 * n
            for place in range(n):
                own = record[link_at:link_at + 16 * links[place]] if kind == 2 else b''
                link_at += len(own)
                self.places.setdefault(record[60 + 32 * place:92 + 32 * place], []).append(
                    (pack, offset, stored, kind, n, frame, sealings[sealing], record, place, own))
            offset, at = offset + stored, tail + 100
        need(at == len(directory) and offset == self.directory_end, 'the records do not fill the pack')

    def blob(self, blob_id, kind):
        need(blob_id in self.places, f'blob {blob_id.hex()} is nowhere')
        problem = None
        for pack, offset, stored, its_kind, n, frame, entry, record, place, links in self.places[blob_id]:
            try:
                need(its_kind == kind, 'a blob of another kind')
                if self.frame_cache[0] != (pack, offset):
                    data = self.read(f'packs/{pack[:2]}/{pack}', offset, stored)
                    need(blake3(data) == record[-96:-64], 'a frame is damaged')
                    plain = self.open_frame(entry, frame, kind, blake3(record[:-100]), data)
                    self.frame_cache = ((pack, offset), blobs_of(plain, n))
                data = self.frame_cache[1][place]
                need(blake3(data, self.id_keys[kind]) == blob_id, 'a blob is not what its id says')
                return data, links
            except Bad as error:
                problem = error
        raise problem

    # ---- Section 8: trees -------------------------------------------------------------------------------------------

    def items(self, blob_id, leaf, depth=0):
        """The items of a list in order, and for each its tree blob's checks: links, totals, first names."""
        need(depth <= 8, 'a list too deep')
        data, links = self.blob(blob_id, 2)
        need(len(data) <= 1 << 20, 'a tree blob too long')
        kind, entries = array(cbor(data), 2, True)
        need(kind in (leaf, leaf + 1), 'a tree blob of the wrong type')
        array(entries, 65536)
        referred, found = [], []
        for entry in entries:
            if kind == leaf:
                value = node_of(entry) if leaf == 1 else piece_of(entry)
                found.append(value)
                referred += references(value) if leaf == 1 else [value[0]] if value[0] else []
            else:
                name, child, total = array(entry, 3, True)
                below = self.items(raw(child, 32), leaf, depth + 1)
                weight = len(below) if leaf == 1 else sum(size for _, size in below)
                need(below and name == (below[0][1] if leaf == 1 else b'') and number(total) == weight, 'a branch')
                found += below
                referred.append(child)
        short = list(dict.fromkeys(one[:16] for one in referred))
        need(b''.join(short) == links, 'the links of a tree blob are not those of its record')
        if leaf == 1 and depth == 0:
            need(all(a[1] < b[1] for a, b in zip(found, found[1:])), 'names are not in order')
        return found

    def pieces(self, node):
        pieces = self.items(node[15], 3) if 15 in node else [piece_of(one) for one in node.get(14, [])]
        need(sum(size for _, size in pieces) == node.get(13, 0), 'the size of a file')
        return pieces

    # ---- Section 9: snapshots ---------------------------------------------------------------------------------------

    def snapshots(self):
        found = []
        for name in self.names('snapshots'):
            data = self.object('snapshots/' + name, 3)
            need(60 < len(data) <= 4194304, 'a snapshot')
            b = struct.unpack_from('<I', data, 56)[0]
            need(b <= len(data) - 60, 'a snapshot')
            body, signer = self.open_signed_box(3, b'snapshot', data[:56], data[60:60 + b], 1 << 20, (1, 2))
            catalog = fields_of(cbor(body), range(1, 10))
            need(raw(catalog[2], 16) == signer and number(catalog[3], 1), "a snapshot's writer")
            for known in array(catalog.get(6, []), 4096):
                m, sequence, snapshot = array(known, 3, True)
                raw(m, 16), number(sequence), raw(snapshot, 32)
            number(catalog.get(7, 0), 0, 1), raw(catalog[1], 32)
            sealed = data[60 + b:]
            need(1040 <= len(sealed) <= 1 << 20 and blake3(sealed) == raw(catalog[9], 32), 'the sealed part of a snapshot')
            details = unpad(self.open_frame(catalog[8], 0, 3, blake3(data[:56]), sealed), 1024)
            details = fields_of(cbor(details), range(1, 9))
            raw(details[1], 0, 256), raw(details[2], 0, 256)
            need(all(type(path) is bytes for path in array(details[3], 4096)), 'paths')
            need(7 <= len(array(details[7], 64)), 'counts')
            if 8 in details:
                repository, original = array(details[8], 2, True)
                raw(repository, 16), raw(original, 32)
            found.append((name, catalog, details))
        forgotten = self.forgotten()
        found = [one for one in found if bytes.fromhex(one[0]) not in forgotten]
        return sorted(found, key=lambda one: (one[1].get(4, 0), one[1].get(5, 0), one[0]))

    # ---- Section 10: notes ------------------------------------------------------------------------------------------

    def forgotten(self):
        """The ids of the snapshots that no longer count."""
        named, withdrawn, removed = {}, set(), set()
        for name in self.names('notes'):
            try:
                data = self.object('notes/' + name, 8)
                body, _ = self.open_signed_box(8, b'note', data[:56], data[56:], 80 << 20, (1, 4))
                note = fields_of(cbor(body), range(1, 9))
                number(note[2], 1)
                if number(note[1], 1, 5) == 1:
                    named[name] = {raw(array(one, 3, True)[0], 32) for one in array(note[3], 1 << 20)}
                elif note[1] == 3:
                    withdrawn |= {(raw(array(one, 2, True)[0], 32).hex(), raw(one[1], 32)) for one in array(note[6], 1 << 20)}
                elif note[1] == 5:
                    removed |= {raw(one, 32) for one in array(note[8], 1 << 20)}
            except (Bad, KeyError) as problem:
                print(f'ebla_reader: notes/{name} does not count: {problem}', file=sys.stderr)
        return removed | {one for name, ids in named.items() for one in ids if (name, one) not in withdrawn}

    # ---- Section 13: restoring --------------------------------------------------------------------------------------

    def restore(self, root, target):
        os.makedirs(target)
        self.hard_links, self.final_flags = {}, []
        self.restore_directory(root, os.fsencode(os.path.realpath(target)))
        for path, flags in self.final_flags:
            attempt(path, 'the flags', set_flags, path, flags)

    def attributes(self, node):
        """The extended attributes of a node: pairs of name and value."""
        if 24 not in node:
            return node.get(23, [])
        parts = [self.blob(blob_id, 1)[0] for blob_id, _ in node[24]]
        need([len(part) for part in parts] == [size for _, size in node[24]], 'the size of a piece of attributes')
        return attributes_of(cbor(b''.join(parts)))

    def restore_directory(self, tree, folder):
        for node in self.items(tree, 1):
            path = os.path.join(folder, node[1])
            kind = node[2]
            link = tuple(node[18]) if 18 in node else None
            if link in self.hard_links:
                if kind == 1:
                    need([p for p in self.pieces(node)] == self.hard_links[link][1], 'one file with two contents')
                os.link(self.hard_links[link][0], path, follow_symlinks=False)
                continue
            pieces = None
            if kind == 1:
                pieces = self.pieces(node)
                with open(path, 'xb') as file:
                    for blob_id, size in pieces:
                        data = self.blob(blob_id, 1)[0] if blob_id else bytes(size)
                        need(len(data) == size, 'the size of a piece')
                        file.write(data)
            elif kind == 2:
                os.mkdir(path, 0o700)
                self.restore_directory(node[16], path)
            elif kind == 3:
                os.symlink(node[17], path)
            else:
                format_of = {4: stat.S_IFIFO, 5: stat.S_IFSOCK, 6: stat.S_IFCHR, 7: stat.S_IFBLK}[kind]
                os.mknod(path, format_of | 0o600, os.makedev(*node[19]) if kind >= 6 else 0)
            if link:
                self.hard_links[link] = (path, pieces)
            if os.geteuid() == 0:
                os.chown(path, node.get(4, 0), node.get(5, 0), follow_symlinks=False)
            for name, value in self.attributes(node):
                attempt(path, name.decode(errors='replace'), os.setxattr, path, name, value, follow_symlinks=False)
            if kind != 3:
                os.chmod(path, node[3])
            if node.get(25, 0) & ~FINAL_FLAGS:
                attempt(path, 'the flags', set_flags, path, node[25] & ~FINAL_FLAGS)
            if node.get(25, 0) & FINAL_FLAGS:
                self.final_flags.append((path, node[25]))
            accessed, modified = (node.get(key, 0) * 10**9 + node.get(key + 1, 0) for key in (21, 8))
            os.utime(path, ns=(accessed, modified), follow_symlinks=False)


def blobs_of(plain, n):
    """The blobs of an opened frame."""
    need(len(plain) >= 12 + 4 * n, 'a frame cut short')
    need(plain[0] <= 1 and plain[1:4] == bytes(3) and struct.unpack_from('<I', plain, 4)[0] == n, 'the start of a frame')
    lengths = struct.unpack_from(f'<{n}I', plain, 8)
    p = struct.unpack_from('<I', plain, 8 + 4 * n)[0]
    start, total = 12 + 4 * n, sum(lengths)
    need(all(lengths) and total <= 33554432 and len(plain) == padme(start + p) and start + p <= len(plain), 'lengths of a frame')
    need(not any(plain[start + p:]), 'padding of a frame')
    payload = plain[start:start + p]
    content = unzstd(payload, total) if plain[0] else payload
    need(len(content) == total, 'the payload of a frame')
    blobs, at = [], 0
    for length in lengths:
        blobs.append(content[at:at + length])
        at += length
    return blobs


def unzstd(frame, total):
    """One zstd frame (RFC 8878) as the page allows it."""
    need(len(frame) > 6 and frame[:4] == b'\x28\xb5\x2f\xfd' and frame[4] & 0x1f == 0, 'a zstd frame')
    single, flag = frame[4] & 0x20, frame[4] >> 6
    size = (1 if single else 0, 2, 4, 8)[flag]
    need(size, 'a zstd frame without content size')
    at = 5 if single else 6
    content = int.from_bytes(frame[at:at + size], 'little') + (256 if size == 2 else 0)
    window = content if single else (1 << 10 + (frame[5] >> 3)) * (8 + (frame[5] & 7)) // 8
    need(content == total and window <= 8388608, 'sizes of a zstd frame')
    at, last = at + size, 0
    while not last:
        need(at + 3 <= len(frame), 'a zstd frame cut short')
        block = int.from_bytes(frame[at:at + 3], 'little')
        last, kind = block & 1, block >> 1 & 3
        at += 3 + (1 if kind == 1 else block >> 3)
    need(at == len(frame), 'a zstd frame that does not fill its payload')
    run = subprocess.run(['zstd', '-d', '-q', '-c'], input=frame, stdout=subprocess.PIPE)
    need(run.returncode == 0, 'a damaged zstd frame')
    return run.stdout


def attempt(path, what, call, *arguments, **named):
    """What only root or another file system can do is told and left out."""
    try:
        call(*arguments, **named)
    except OSError as problem:
        print(f'could not set {what} of {os.fsdecode(path)!a}: {problem.strerror}', file=sys.stderr)


FINAL_FLAGS = 0x30                  # immutable and append-only: last of all
KNOWN_FLAGS = 0x6283C4FF


def set_flags(path, flags):
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        current = struct.unpack('I', fcntl.ioctl(file, 0x80086601, bytes(4)))[0]                        # FS_IOC_GETFLAGS
        fcntl.ioctl(file, 0x40086602, struct.pack('I', current & ~KNOWN_FLAGS | flags))                 # FS_IOC_SETFLAGS
    finally:
        os.close(file)


def attributes_of(value):
    pairs = [array(pair, 2, True) for pair in array(value, 2**22)]
    names = [raw(name, 1, 255) for name, _ in pairs]
    need(pairs and names == sorted(set(names)) and not any(b'\0' in name for name in names), 'the names of attributes')
    for _, content in pairs:
        raw(content, 0, 65536)
    return pairs


def cbor_size(attributes):
    head = lambda n: 1 if n < 24 else 2 if n < 256 else 3 if n < 65536 else 5
    return head(len(attributes)) + sum(1 + head(len(n)) + len(n) + head(len(v)) + len(v) for n, v in attributes)


def piece_of(value):
    blob_id, size = array(value, 2, True)
    need(type(blob_id) is bytes and len(blob_id) in (0, 32), 'a piece')
    return blob_id, number(size, 1, 2**63 - 1)


REQUIRED_NODE_FIELDS = [4, 5, 8, 10, 12, 21]
NODE_FIELDS_OF_TYPES = {13: (1,), 14: (1,), 15: (1,), 16: (2,), 17: (3,), 18: (1, 3, 4, 5, 6, 7), 19: (6, 7), 25: (1, 2)}


def node_of(value):
    node = fields_of(value, range(1, 26))
    name = raw(node[1], 1, 255)
    need(b'\0' not in name and b'/' not in name and name not in (b'.', b'..'), 'a name')
    kind = number(node[2], 1, 7)
    number(node[3], 0, 0o7777)
    for key, types in NODE_FIELDS_OF_TYPES.items():
        need(key not in node or kind in types, f'field {key} in a node of type {kind}')
    for key in REQUIRED_NODE_FIELDS + [key for key in (13, 16, 17, 19) if kind in NODE_FIELDS_OF_TYPES[key]]:
        need(key in node, f'no field {key} in a node of type {kind}')
    need(all(node.get(key) not in (0, b'', []) for key in (6, 7, 9, 11, 14, 20, 22, 23, 24, 25)), 'a field that says nothing')
    need(not (14 in node and 15 in node), 'content both inline and in a list')
    for key in (4, 5):
        number(node.get(key, 0), 0, 2**32 - 1)
    for key in (9, 11, 22):
        number(node.get(key, 0), 0, 10**9 - 1)
    for key in (8, 10, 21):
        number(node.get(key, 0), -2**63, 2**63 - 1)
    for key in (6, 7):
        need(b'\0' not in raw(node.get(key, b''), 0, 256), 'an owner')
    number(node.get(12, 0)), number(node.get(13, 0), 0, 2**63 - 1), number(node.get(20, 0), 0, 2**31 - 1)
    need(b'\0' not in raw(node.get(17, b'x'), 1, 4096), 'a link target')
    raw(node.get(15, bytes(32)), 32), raw(node.get(16, bytes(32)), 32)
    for piece in array(node.get(14, []), 32):
        piece_of(piece)
    need(number(node.get(25, 0)) & ~KNOWN_FLAGS == 0, 'flags')
    need(not (23 in node and 24 in node), 'attributes both inline and in blobs')
    need(23 not in node or cbor_size(attributes_of(node[23])) <= 1024, 'too many attributes inline')
    pieces = [piece_of(piece) for piece in array(node.get(24, []), 32)]
    need(all(piece[0] for piece in pieces), 'a hole in attributes')
    need(not pieces or 1024 < sum(piece[1] for piece in pieces) <= 2**24, 'the size of attributes')
    for key, most in ((18, 2**64 - 1), (19, 2**32 - 1)):
        for one in array(node.get(key, [0, 0]), 2, True):
            number(one, 0, most)
    return Node(node)


class Node(dict):
    """A node; compares by nothing, is found by its name."""


def references(node):
    pieces = [piece[0] for piece in node.get(14, []) + node.get(24, []) if piece[0]]
    return [node[key] for key in (16, 15) if key in node] + pieces


def main(arguments):
    if len(arguments) not in (3, 5):
        raise SystemExit(__doc__)
    password = key_file = None
    for part in arguments[1].split(','):
        option, _, value = part.partition('=')
        if option == '--key-file':
            with open(value, 'rb') as file:
                key_file = file.read()
        elif option == '--password':
            password = value.encode()
        else:
            raise SystemExit(__doc__)
    try:
        repository = Repository(arguments[0], password, key_file)
        snapshots = repository.snapshots()
        if arguments[2] == 'snapshots':
            for name, catalog, details in snapshots:
                paths = b' '.join(details[3]).decode(errors='replace')
                print(catalog[3], name, catalog.get(4, 0), details[1].decode(errors='replace'), paths)
        else:
            found = [one for one in snapshots if one[0].startswith(arguments[3])]
            need(len(found) == 1, 'no such snapshot, or more than one')
            repository.restore(found[0][1][1], arguments[4])
    except KeyError as missing:
        raise SystemExit(f'ebla_reader: a field is missing: {missing}')
    except Bad as problem:
        raise SystemExit(f'ebla_reader: {problem}')


if __name__ == '__main__':
    main(sys.argv[1:])
