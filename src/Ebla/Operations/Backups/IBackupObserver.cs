using Ebla.Operations.Backups.Sentinels;

namespace Ebla.Operations.Backups;

/// <summary>Told what a backup meets. Calls come from several threads.</summary>
public interface IBackupObserver
{
    /// <summary>The backup begins; the counters go on changing.</summary>
    void Started(BackupCounters counters);

    /// <summary>Something could not be read as it should be. It counts as an error.</summary>
    void Problem(BackupProblem problem);

    /// <summary>Something worth knowing that is no error: a file that vanished before it was read, for one.</summary>
    void Notice(BackupProblem notice);

    /// <summary>An unmodified file has another content than before. It is no error of <see cref="BackupCounters.Errors"/>.</summary>
    void RotFound(RotAlarm alarm);
}
