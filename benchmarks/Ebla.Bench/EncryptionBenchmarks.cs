using System.Diagnostics;
using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Bench;

/// <summary>Frames in GB/s; sealings and signatures per second.</summary>
internal static class EncryptionBenchmarks
{
    public static void Run(Report report)
    {
        foreach (CipherSuite suite in Enum.GetValues<CipherSuite>())
        {
            using UnlockedKeys keys = Create(suite);
            using Sealing sealing = keys.Ring.NewSealing();
            foreach (int size in (int[])[16 << 10, 1 << 20])
            {
                byte[] plaintext = RandomNumberGenerator.GetBytes(size);
                byte[] frame = new byte[size + Sealing.OverheadInBytes];
                // One number again and again is wrong outside a benchmark.
                report.Measure($"{suite}, encrypt frame of {size >> 10} KiB", size,
                    () => sealing.EncryptFrame(1, 1, default, plaintext, frame));
                report.Measure($"{suite}, decrypt frame of {size >> 10} KiB", size,
                    () => sealing.DecryptFrame(1, 1, default, frame, plaintext));
            }
            report.Measure($"{suite}, seal box of 1 MiB", 1 << 20,
                () => keys.Ring.SealBox(ObjectKind.Index, [], new byte[1 << 20]));
        }
        using UnlockedKeys owner = Create(CipherSuite.AesGcm);
        byte[] body = RandomNumberGenerator.GetBytes(200);
        byte[] signature = owner.Member.Sign("record", body);
        using Sealing wrapped = owner.Ring.NewSealing();
        byte[] empty = new byte[Sealing.OverheadInBytes];
        Rate("empty frame", () => wrapped.EncryptFrame(1, 1, default, [], empty));
        Rate("new sealing", () => owner.Ring.NewSealing().Dispose());
        Rate("open sealing", () => owner.Ring.OpenSealing(wrapped.Entry.Span).Dispose());
        Rate("sign", () => owner.Member.Sign("record", body));
        Rate("verify", () => owner.Verify(owner.Member.Id, "record", body, signature));
    }

    private static UnlockedKeys Create(CipherSuite suite)
    {
        using Credential credential = Credential.FromKeyFile(RandomNumberGenerator.GetBytes(32));
        return NewRepository.Create(new RepositoryCreation
        {
            Credential = credential,
            MemberName = "bench",
            Chunker = new ChunkerSettings(48 << 10, 128 << 10, 512 << 10),
            Suite = suite,
        }).Keys;
    }

    private static void Rate(string what, Action action)
    {
        action();
        double best = 0;
        for (int slice = 0; slice < 5; slice++)
        {
            long start = Stopwatch.GetTimestamp();
            int runs = 0;
            for (; Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(100); runs++)
            {
                action();
            }
            best = Math.Max(best, runs / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        Console.WriteLine($"{what,-60} {best,8:F0} /s");
    }
}
