using Ebla.Cli.Invocation;
using Ebla.Operations.Backups;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running backup does and meets.</summary>
internal sealed class BackupMonitor(Messages messages) : IBackupObserver, IDisposable
{
    public void Started(BackupCounters counters)
    {
    }

    public void Problem(BackupProblem problem) => messages.Problem(LineOf(problem));

    public void Notice(BackupProblem notice) => messages.Notice(LineOf(notice));

    public void Dispose()
    {
    }

    // The messages of the operating system's failures name the file already.
    private static string LineOf(BackupProblem problem)
    {
        string path = problem.Path.ToString();
        return path.Length == 0 || problem.Message.Contains(path, StringComparison.Ordinal)
            ? problem.Message
            : $"{path}: {problem.Message}";
    }
}
