using System.Text;
using Ebla.Encryption;
using Ebla.Primitives;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using KdfParameters = Ebla.Encryption.KdfParameters;
using Xunit;

namespace Ebla.Tests.Encryption;

public sealed class Argon2idTests
{
    [Theory]
    [InlineData("", 8, 1)]
    [InlineData("password", 64, 3)]
    [InlineData("пароль", 1000, 2)]
    public void It_agrees_with_BouncyCastle(string password, int memoryInKibibytes, int passes)
    {
        byte[] salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        byte[] secret = Encoding.UTF8.GetBytes(password);
        byte[] output = new byte[32];
        Assert.True(Argon2id.TryDerive(
            secret, salt, KdfParameters.FromStored((ulong)memoryInKibibytes, (ulong)passes), output));
        Argon2BytesGenerator reference = new();
        reference.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13)
            .WithParallelism(1)
            .WithMemoryAsKB(memoryInKibibytes)
            .WithIterations(passes)
            .WithSalt(salt)
            .Build());
        byte[] expected = new byte[32];
        _ = reference.GenerateBytes(secret, expected);
        Assert.Equal(expected, output);
    }

    [Fact]
    public void The_memory_is_given_back()
    {
        KdfParameters parameters = new(KdfParameters.MemoryInKibibytesMin, 1);
        byte[] output = new byte[32];
        Assert.True(Argon2id.TryDerive("x"u8, new byte[16], parameters, output));
        long before = Environment.WorkingSet;
        Assert.True(Argon2id.TryDerive("x"u8, new byte[16], parameters, output));
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 128L << 20);
    }

    [Fact]
    public void Calibration_gives_the_least_memory_and_three_passes_or_more()
    {
        KdfParameters calibrated = KdfParameters.Calibrate();
        Assert.Equal(KdfParameters.MemoryInKibibytesMin, calibrated.MemoryInKibibytes);
        Assert.InRange(calibrated.Passes, 3, KdfParameters.PassesMax);
    }

    [Theory]
    [InlineData(KdfParameters.MemoryInKibibytesMin - 1, 1)]
    [InlineData(KdfParameters.MemoryInKibibytesMax + 1, 1)]
    [InlineData(KdfParameters.MemoryInKibibytesMin, 0)]
    [InlineData(KdfParameters.MemoryInKibibytesMin, KdfParameters.PassesMax + 1)]
    public void A_writer_cannot_choose_a_cost_outside_the_limits(int memoryInKibibytes, int passes)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new KdfParameters(memoryInKibibytes, passes));

    [Theory]
    [InlineData(7, 1)]
    [InlineData(4194305, 1)]
    [InlineData(1024, 0)]
    [InlineData(1024, 65)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    public void A_reader_refuses_a_cost_outside_the_limits(ulong memoryInKibibytes, ulong passes)
        => Assert.Throws<CorruptDataException>(() => KdfParameters.FromStored(memoryInKibibytes, passes));
}
