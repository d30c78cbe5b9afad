using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.FileSystems;
using Ebla.Operations;
using Ebla.Operations.Dumps;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations.Dumps;

public sealed class DumpTests
{
    private const string Tree = """
        mkdir -p a/b empty "$(printf 'caf\xe9')" deep
        printf hello > a/file; ln a/file a/b/linked; printf data > "$(printf 'caf\xe9/\xff\x01')"
        head -c 3000000 /dev/urandom > a/large; truncate -s 700000 sparse; printf x >> sparse; : > nothing
        ln -s "$(printf 'tar\xffget')" link; ln -s "$(printf 'long%.0s' $(seq 60))" long-link; mkfifo -m 640 pipe
        printf x > "$(printf 'n%.0s' $(seq 250))"
        d=deep; for i in $(seq 12); do d=$d/$(printf "$i%.0s" $(seq 90)); done; mkdir -p $d; printf bottom > $d/bottom
        chmod 4755 a/b; chmod 1777 empty; touch -d '1969-06-01 00:00:00.25' a/large; touch -h -d '1999-12-31 23:59:59.123456789' link
        touch -d '2500-01-01 00:00:00.5' nothing; touch -d '2001-02-03 04:05:06.7' a a/b empty .
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tar_archive_unpacks_to_an_equal_tree()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell(Tree);
        bool isRoot = LocalMachine.UserId() == 0;
        if (isRoot)
        {
            fixture.Shell("mknod null c 1 3; mknod disk b 250 4097; chown 3000000:4000000 a/file");
        }
        await fixture.BackupAsync();

        (DumpResult result, List<DumpProblem> problems) = await DumpAsync(fixture, fixture.Source, DumpFormat.Tar, "dump.tar");

        Assert.Empty(problems);
        _ = TreeListing.Run(fixture.Root, "mkdir target; tar -xpf dump.tar -C target --numeric-owner");
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target));
        // The folder itself is an entry too, and the listing has none for it.
        Assert.Equal(TreeListing.Of(fixture.Source).Count + 1, result.Entries);
        Assert.Equal("ok\n", TreeListing.Run(fixture.Root, """
            rm -rf target; mkdir target; python3 -c "
            import tarfile
            t = tarfile.open('dump.tar', errors='surrogateescape')
            t.extractall('target', numeric_owner=True, filter='fully_trusted')"
            sums() { cd "$1"; find . -type f -print0 | sort -z | xargs -0 sha256sum; }
            diff <(sums source) <(sums target)
            echo ok
            """));
    }

    [Fact]
    public async Task A_file_of_more_than_eight_gibibytes_has_its_size_in_the_extended_header()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        const long Size = (9L << 30) + 5;
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            _ = await builder.CommitAsync(await builder.TreeAsync(SnapshotBuilder.File("huge", new Ebla.Trees.ContentPiece(null, Size))));
        }
        await using HeadStream head = new();
        _ = await DumpOperation.RunAsync(
            fixture.Repository, new SnapshotPath("latest", default), DumpFormat.Tar, head, new Recorder(), Token);
        // Two blocks of extended header, one header, the content, two blocks at the end; rounded up to a record.
        long expected = 512 * 3 + (Size + 511) / 512 * 512 + 1024;
        Assert.Equal((expected + 10239) / 10240 * 10240, head.Position);
        Assert.Contains($"size={Size}\n", System.Text.Encoding.Latin1.GetString(head.Start), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_archive_holds_folders_files_and_links_with_their_modes()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            mkdir -p a/empty; printf hello > a/file; chmod 755 a/file; ln -s file a/link; head -c 400000 /dev/urandom > big
            printf e > "$(printf 'e\xc3\xa9')"
            """);
        await fixture.BackupAsync();
        (_, List<DumpProblem> problems) = await DumpAsync(fixture, fixture.Source, DumpFormat.Zip, "dump.zip");
        Assert.Empty(problems);
        await using ZipArchive archive = await ZipFile.OpenReadAsync(Path.Combine(fixture.Root, "dump.zip"), Token);
        Assert.Equal(["a/", "a/empty/", "a/file", "a/link", "big", "eé"], archive.Entries.Select(entry => entry.FullName));
        Assert.Equal("ok\n", TreeListing.Run(fixture.Root, """
            python3 -c "
            import zipfile
            z = zipfile.ZipFile('dump.zip')
            assert z.testzip() is None
            modes = {i.filename: oct(i.external_attr >> 16) for i in z.infolist()}
            assert modes['a/file'] == '0o100755' and modes['a/link'] == '0o120777' and modes['a/'] == '0o40755', modes
            assert z.read('a/link') == b'file' and z.read('big') == open('source/big', 'rb').read()
            print('ok')"
            """));
    }

    [Theory]
    [InlineData(DumpFormat.Raw)]
    [InlineData(DumpFormat.Tar)]
    [InlineData(DumpFormat.Zip)]
    public async Task Damage_cuts_the_output_and_no_wrong_byte_gets_out(DumpFormat format)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        byte[] content = RandomNumberGenerator.GetBytes(2_000_000);
        await File.WriteAllBytesAsync(fixture.InSource("file"), content, Token);
        await fixture.BackupAsync(new UploadOptions { FrameSizeInBytes = 64 << 10 });
        ObjectInfo pack = (await fixture.ListPacksAsync())[0];
        await fixture.ReplaceAsync(pack, stored =>
        {
            stored[stored.Length / 2] ^= 1;
            return stored;
        });

        _ = await Assert.ThrowsAnyAsync<EblaException>(
            () => DumpAsync(fixture, format == DumpFormat.Raw ? fixture.InSource("file") : fixture.Source, format, "dump"));

        byte[] written = await File.ReadAllBytesAsync(Path.Combine(fixture.Root, "dump"), Token);
        Assert.InRange(written.Length, 1, content.Length);
        switch (format)
        {
            case DumpFormat.Raw:
                Assert.Equal(content[..written.Length], written);
                break;
            case DumpFormat.Tar:
                Assert.Equal("refused\n", TreeListing.Run(fixture.Root, "tar -tf dump > /dev/null 2>&1 || echo refused"));
                break;
            default:
                _ = await Assert.ThrowsAsync<InvalidDataException>(() => ZipFile.OpenReadAsync(Path.Combine(fixture.Root, "dump"), Token));
                break;
        }
    }

    [Fact]
    public async Task A_damaged_directory_between_two_entries_cuts_the_archive_too()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            Ebla.Trees.ContentPiece chunk = await builder.ChunkAsync("content");
            _ = await builder.CommitAsync(await builder.TreeAsync(
                SnapshotBuilder.File("a", chunk), SnapshotBuilder.Folder("b", new BlobId(new Hash256(1, 2, 3, 4)))));
        }
        _ = await Assert.ThrowsAnyAsync<EblaException>(() => DumpAsync(fixture, "/", DumpFormat.Tar, "dump"));
        Assert.Equal("refused\n", TreeListing.Run(fixture.Root, "tar -tf dump > /dev/null 2>&1 || echo refused"));
    }

    private static async Task<(DumpResult Result, List<DumpProblem> Problems)> DumpAsync(
        RestoreFixture fixture, string path, DumpFormat? format, string name)
    {
        Recorder recorder = new();
        await using FileStream file = File.Create(Path.Combine(fixture.Root, name));
        DumpResult result = await DumpOperation.RunAsync(
            fixture.Repository, new SnapshotPath("latest", ByteName.FromText(path)), format, file, recorder, Token);
        return (result, [.. recorder.Problems]);
    }

    private sealed class Recorder : IDumpObserver
    {
        public ConcurrentQueue<DumpProblem> Problems { get; } = [];

        public void Problem(DumpProblem problem) => Problems.Enqueue(problem);
    }

    /// <summary>Keeps the first bytes and counts the rest.</summary>
    private sealed class HeadStream : Stream
    {
        private long _position;

        public byte[] Start { get; } = new byte[4096];

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_position < Start.Length)
            {
                buffer[..(int)Math.Min(buffer.Length, Start.Length - _position)].CopyTo(Start.AsSpan((int)_position));
            }
            _position += buffer.Length;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
