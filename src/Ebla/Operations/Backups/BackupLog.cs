using Ebla.FileSystems;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>What a running backup counts, and whom it tells what it meets. Safe for concurrent use.</summary>
internal sealed class BackupLog
{
    private readonly IBackupObserver? _observer;

    /// <param name="observer">Told that it begins, and then what is met; null for nobody.</param>
    public BackupLog(IBackupObserver? observer)
    {
        _observer = observer;
        observer?.Started(Counters);
    }

    public BackupCounters Counters { get; } = new();

    /// <summary>Something is not kept as it should be: an error.</summary>
    public void Problem(ByteName path, string message)
    {
        Counters.CountError();
        _observer?.Problem(new BackupProblem(path, message));
    }

    /// <summary>Something worth knowing that is no error.</summary>
    public void Notice(ByteName path, string message) => _observer?.Notice(new BackupProblem(path, message));

    /// <summary>An entry that cannot be read, which is an error unless it is there no more.</summary>
    public void Failure(ByteName path, FileSystemException exception)
    {
        if (exception.IsVanished)
        {
            Notice(path, exception.Message);
        }
        else
        {
            Problem(path, exception.Message);
        }
    }

    public void RotFound(RotAlarm alarm) => _observer?.RotFound(alarm);
}
