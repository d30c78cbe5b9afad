using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>All names of a directory, sorted byte by byte (unsigned), each once.</summary>
/// <remarks>Immutable, and safe for concurrent reads. Takes the bytes of the names and five more each, not an object per name.</remarks>
internal sealed class DirectoryListing
{
    /// <summary>1 GiB of names, some 40 million: bounds what an endless directory of a broken file system can do.</summary>
    public const int SizeInBytesMax = 1 << 30;

    // Each name ends with a zero.
    private readonly byte[] _names;
    private readonly int[] _offsets;

    private DirectoryListing(byte[] names, int[] offsets, int count)
    {
        _names = names;
        _offsets = offsets;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The name at <paramref name="index"/>; valid as long as the listing.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return At(_names, _offsets[index]);
        }
    }

    /// <summary>Whether the name is there. Asks few names: they are sorted.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        int first = 0;
        for (int end = Count; first < end;)
        {
            int middle = first + (end - first) / 2;
            int order = this[middle].SequenceCompareTo(name);
            if (order == 0)
            {
                return true;
            }
            (first, end) = order < 0 ? (middle + 1, end) : (first, middle);
        }
        return false;
    }

    private static ReadOnlySpan<byte> At(byte[] names, int offset)
    {
        ReadOnlySpan<byte> rest = names.AsSpan(offset);
        return rest[..rest.IndexOf((byte)0)];
    }

    /// <summary>Takes in what getdents64 returns, piece by piece.</summary>
    public sealed class Builder : IDisposable
    {
        // Most directories fit in one call; twice the 32 KiB of glibc's readdir.
        private const int ScratchSizeInBytes = 1 << 16;

        // struct linux_dirent64: inode u64, offset u64, record length u16, type u8, name.
        private const int LengthOffset = 16;
        private const int NameOffset = 19;

        private readonly RentedBuffer _scratch = new(ScratchSizeInBytes);
        private readonly RentedBuffer _first = new(ScratchSizeInBytes);
        private byte[]? _grown;
        private int _size;
        private int _count;

        public Span<byte> Scratch => _scratch.Span;

        private Span<byte> Names => _grown ?? _first.Span;

        /// <summary>Takes the first <paramref name="length"/> bytes of <see cref="Scratch"/>; false if the limit is passed.</summary>
        public bool Add(int length)
        {
            ReadOnlySpan<byte> entries = _scratch.Span[..length];
            if (_size > SizeInBytesMax - length)
            {
                return false;
            }
            if (Names.Length - _size < length)
            {
                byte[] grown = GC.AllocateUninitializedArray<byte>(Math.Max(2 * Names.Length, _size + length));
                Names[.._size].CopyTo(grown);
                _grown = grown;
            }
            Span<byte> names = Names;
            while (!entries.IsEmpty)
            {
                int size = BinaryPrimitives.ReadUInt16LittleEndian(entries[LengthOffset..]);
                ReadOnlySpan<byte> name = entries[NameOffset..size];
                name = name[..(name.IndexOf((byte)0) + 1)];
                entries = entries[size..];
                if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
                {
                    name.CopyTo(names[_size..]);
                    _size += name.Length;
                    _count++;
                }
            }
            return true;
        }

        public DirectoryListing Build()
        {
            // A small directory, the usual case, gets exactly its bytes; of a large one at most half is unused.
            byte[] names = _grown ?? _first.Span[.._size].ToArray();
            int[] offsets = new int[_count];
            for (int index = 0, offset = 0; index < _count; index++)
            {
                offsets[index] = offset;
                offset += At(names, offset).Length + 1;
            }
            Sort(names, offsets);
            return new DirectoryListing(names, offsets, RemoveRepeated(names, offsets));
        }

        public void Dispose()
        {
            _scratch.Dispose();
            _first.Dispose();
        }

        // A file system may give a name twice when the directory changes while it is read.
        private static int RemoveRepeated(byte[] names, Span<int> offsets)
        {
            int kept = 0;
            for (int index = 0; index < offsets.Length; index++)
            {
                if (kept == 0 || !At(names, offsets[index]).SequenceEqual(At(names, offsets[kept - 1])))
                {
                    offsets[kept++] = offsets[index];
                }
            }
            return kept;
        }

        private static void Sort(byte[] names, Span<int> offsets)
        {
            if (offsets.Length > 1)
            {
                ulong[] keys = GC.AllocateUninitializedArray<ulong>(offsets.Length);
                Sort(names, offsets, keys, depth: 0);
            }
        }

        // Sorts by eight bytes at a time: by the first eight as one big-endian number, then each run of equal ones by the next eight.
        // (Multikey sorting after Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching Strings", 1997, with words for
        // letters and the library's sort of numbers for the partitioning.) Names of 255 bytes go 32 deep.
        private static void Sort(byte[] names, Span<int> offsets, Span<ulong> keys, int depth)
        {
            for (int index = 0; index < offsets.Length; index++)
            {
                keys[index] = Key(names, offsets[index] + depth);
            }
            keys.Sort(offsets);
            for (int start = 0, end; start < keys.Length; start = end)
            {
                ulong key = keys[start];
                for (end = start + 1; end < keys.Length && keys[end] == key; end++)
                {
                }
                // A key whose last byte is zero holds the names' ends: the names are the same.
                if (end - start > 1 && (key & byte.MaxValue) != 0)
                {
                    Sort(names, offsets[start..end], keys[start..end], depth + sizeof(ulong));
                }
            }
        }

        private static ulong Key(byte[] names, int offset)
        {
            ReadOnlySpan<byte> rest = names.AsSpan(offset);
            if (rest.Length < sizeof(ulong))
            {
                Span<byte> padded = stackalloc byte[sizeof(ulong)];
                padded.Clear();
                rest.CopyTo(padded);
                return UpToZero(BinaryPrimitives.ReadUInt64LittleEndian(padded));
            }
            return UpToZero(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        // Clears what follows the first zero byte (the next name), then puts the first byte on top.
        private static ulong UpToZero(ulong littleEndian)
        {
            // Lowest set bit: the lowest zero byte (Warren, "Hacker's Delight", 6-1).
            unchecked
            {
                ulong zeros = (littleEndian - 0x0101010101010101) & ~littleEndian & 0x8080808080808080;
                ulong kept = zeros == 0 ? ulong.MaxValue : ((zeros & (0 - zeros)) >> 7) - 1;
                return BinaryPrimitives.ReverseEndianness(littleEndian & kept);
            }
        }
    }
}
