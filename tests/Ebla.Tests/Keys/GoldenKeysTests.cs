using System.Buffers.Binary;
using System.Text;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

/// <summary>
/// Pins the format: golden-keys.txt holds every stored form of a repository whose random numbers are known.
/// UPDATE_SNAPSHOTS=1 rewrites it; that is a change of the format.
/// </summary>
public sealed class GoldenKeysTests
{
    private static readonly Hash256 Record = Hash256.Read([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private static string GoldenPath
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "Ebla.slnx")))
            {
                folder = Path.GetDirectoryName(folder);
            }
            Assert.NotNull(folder);
            return Path.Combine(folder, "tests", "Ebla.Tests", "Keys", "golden-keys.txt");
        }
    }

    [Fact]
    public void The_writer_still_writes_the_golden_bytes()
    {
        StringBuilder text = new();
        foreach (CipherSuite suite in (CipherSuite[])[CipherSuite.AesGcm, CipherSuite.ChaCha20Poly1305])
        {
            AppendAll(text, suite);
        }
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(GoldenPath, text.ToString());
        }
        Assert.Equal(File.ReadAllText(GoldenPath), text.ToString());
    }

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void The_reader_still_reads_the_golden_bytes(CipherSuite suite)
    {
        Dictionary<string, byte[]> golden = File.ReadLines(GoldenPath)
            .Where(line => line.StartsWith($"{(int)suite}.", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0][2..], parts => Convert.FromHexString(parts[1]));
        List<StoredKey> objects = [.. golden
            .Where(pair => pair.Key.StartsWith("object.", StringComparison.Ordinal))
            .Select(pair => KeyFixture.Renamed(pair.Value))];
        Assert.Equal(5, objects.Count);
        foreach (Credential credential in (Credential[])[
            KeyFixture.PasswordCredential, KeyFixture.KeyFileCredential, KeyFixture.BothCredential])
        {
            using UnlockedKeys keys = UnlockedKeys.Open(golden["header"], objects, credential);
            Assert.Empty(keys.Findings);
            Assert.Equal(3, keys.Slots.Count);
            Assert.Equal(golden["id-file"], keys.Ring.FileIdKey);
            Assert.Equal("boxed"u8, keys.Ring.OpenBox(ObjectKind.Index, "header"u8, golden["box"], 100));
            using Sealing sealing = keys.Ring.OpenSealing(golden["sealing"]);
            byte[] plaintext = new byte[5];
            sealing.DecryptFrame(7, 1, Record, golden["frame"], plaintext);
            Assert.Equal("frame"u8, plaintext);
            Assert.True(keys.Verify(keys.Member.Id, "snapshot", "body"u8, golden["signature"]));
        }
    }

    private static void AppendAll(StringBuilder text, CipherSuite suite)
    {
        NewRepository created = KeyFixture.Create(KeyFixture.PasswordCredential, "golden", suite);
        UnlockedKeys keys = created.Keys;
        RingKeys ring = keys.Ring;
        StoredKey keyFile = keys.NewSlot(KeyFixture.KeyFileCredential, "file", KeyFixture.Created.AddHours(1));
        StoredKey both = keys.NewSlot(
            KeyFixture.BothCredential, "both", KeyFixture.Created.AddHours(2), KeyFixture.CheapKdf);
        byte[] box = ring.SealBox(ObjectKind.Index, "header"u8, "boxed"u8);
        using Sealing sealing = ring.NewSealing();
        byte[] frame = new byte["frame"u8.Length + Sealing.OverheadInBytes];
        sealing.EncryptFrame(7, 1, Record, "frame"u8, frame);
        byte[] gear = new byte[4 * sizeof(ulong)];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(gear.AsSpan(i * sizeof(ulong)), ring.GearTable.Span[i]);
        }
        void Append(string name, ReadOnlySpan<byte> bytes)
            => text.Append((int)suite).Append('.').Append(name).Append(' ').Append(Convert.ToHexStringLower(bytes)).Append('\n');
        Append("header", created.HeaderBytes);
        Append("object.member", created.KeyObjects[0].Bytes.Span);
        Append("object.grant", created.KeyObjects[1].Bytes.Span);
        Append("object.slot-password", created.KeyObjects[2].Bytes.Span);
        Append("object.slot-key-file", keyFile.Bytes.Span);
        Append("object.slot-both", both.Bytes.Span);
        Append("member-seed", keys.Member.Seed);
        Append("member-sign-public-key", keys.Member.SignPublicKey);
        Append("member-box-private-key", keys.Member.BoxPrivateKey);
        Append("id-key", ring.IdKey);
        Append("catalog-key", ring.CatalogKey);
        Append("content-private-key", ring.ContentKeys[0].PrivateKey!.Span);
        Append("id-file", ring.FileIdKey);
        Append("id-tree", ring.TreeIdKey);
        Append("cut", ring.CutKey);
        Append("token", ring.TokenKey);
        Append("gear-first-four-words", gear);
        Append("box", box);
        Append("sealing", sealing.Entry.Span);
        Append("sealing-id", sealing.Id.ToArray());
        Append("frame", frame);
        Append("signature", keys.Member.Sign("snapshot", "body"u8));
        keys.Dispose();
    }
}
