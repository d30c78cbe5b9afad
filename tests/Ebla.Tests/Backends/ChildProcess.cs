using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Ebla.Tests.Backends;

/// <summary>Runs <see cref="BackendProcess"/>, alone or under another program such as strace.</summary>
internal static class ChildProcess
{
    /// <summary>Starts it. A program that is missing fails the test: these tests are not to be skipped.</summary>
    public static Process Start(IEnumerable<string> wrapper, params string[] work)
    {
        string self = Path.Combine(AppContext.BaseDirectory, "Ebla.Tests");
        string[] command = [.. wrapper, self, BackendProcess.Argument, .. work];
        ProcessStartInfo info = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // strace counts calls per thread: with one thread in the pool its n-th call is the n-th of the work.
        info.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        info.Environment["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1";
        info.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1";
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"This test needs {command[0]}: install it. {exception.Message}", exception);
        }
    }

    /// <summary>Runs it to its end and gives its exit code and the lines it printed.</summary>
    public static async Task<(int ExitCode, string[] Lines)> RunAsync(IEnumerable<string> wrapper, params string[] work)
    {
        using Process process = Start(wrapper, work);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
