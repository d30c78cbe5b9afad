using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Ebla.Tests.Hashing;

// Goal: the AVX2 and SSE kernels are right on machines that have no more. Each uses what it finds (AVX-512 also brings
// rotations of 128 and 256 bits), so on a better machine part of its code is never run. Method: the tests once more, in
// a process whose runtime is told to do without.
public sealed partial class Blake3InstructionSetTests
{
    public static TheoryData<string> Settings => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
        ? ["DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"]
        : ["DOTNET_EnableHWIntrinsic"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_hash_is_the_same_without_some_instructions(string setting)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Ebla.Tests"))
        {
            ArgumentList = { "-class", typeof(Blake3Tests).FullName!, "-noColor" },
            Environment = { [setting] = "0" },
            RedirectStandardOutput = true,
        };
        using Process tests = Process.Start(start)!;
        string output = tests.StandardOutput.ReadToEnd();
        tests.WaitForExit();
        Assert.True(tests.ExitCode == 0, output);
        int ran = int.Parse(TotalOf().Match(output).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(ran > 10, output);
    }

    [GeneratedRegex("Total: ([0-9]+)")]
    private static partial Regex TotalOf();
}
