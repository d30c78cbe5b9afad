using System.Collections.Concurrent;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;

namespace Ebla.Tests.Operations;

internal sealed class RecordingObserver : IBackupObserver
{
    public ConcurrentQueue<BackupProblem> Problems { get; } = [];

    public ConcurrentQueue<BackupProblem> Notices { get; } = [];

    public ConcurrentQueue<RotAlarm> Alarms { get; } = [];

    public void Started(BackupCounters counters)
    {
    }

    public void Problem(BackupProblem problem) => Problems.Enqueue(problem);

    public void Notice(BackupProblem notice) => Notices.Enqueue(notice);

    public void RotFound(RotAlarm alarm) => Alarms.Enqueue(alarm);
}
