using System.Diagnostics;

namespace Ebla.Backends.Rclone;

/// <summary>
/// Asks rclone to list the remote, to hear what is wrong with it. As a server it says "not found" and "list failed" to everything, and the
/// reason to nobody (1.60); as a command it says it.
/// </summary>
internal sealed class RcloneInquiry(string program, IReadOnlyList<string> arguments, string remote)
{
    private static readonly string[] Fixed = ["lsf", "--max-depth", "1", "--retries", "1", "--low-level-retries", "1"];

    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(15);

    // Trouble that lasts may change. Many calls that fail together ask once.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _answer;
    private long? _askedAt;

    /// <summary>What rclone says is wrong; null if nothing is, or it does not say in time.</summary>
    public string? Ask()
    {
        lock (_lock)
        {
            if (_askedAt is not { } askedAt || TimeProvider.System.GetElapsedTime(askedAt) > Validity)
            {
                _answer = Run();
                _askedAt = TimeProvider.System.GetTimestamp();
            }
            return _answer;
        }
    }

    private string? Run()
    {
        if (RcloneProcess.Find(program) is not { } path)
        {
            return null;
        }
        ProcessStartInfo start = new(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (IEnumerable<string>)[.. Fixed, .. arguments, remote])
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        RcloneMessages messages = new();
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, line) => messages.Take(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(TimeMax))
        {
            process.Kill();
            return null;
        }
        // Once more without a limit: that waits for the last lines.
        process.WaitForExit();
        return process.ExitCode == 0 ? null : messages.Last;
    }
}
