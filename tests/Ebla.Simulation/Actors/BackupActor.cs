using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Oracles;

namespace Ebla.Simulation.Actors;

/// <summary>Backs up the machine's files as they are now.</summary>
internal sealed class BackupActor : IActor
{
    public string Name => "backup";

    public async Task RunAsync(ActorContext context)
    {
        World world = context.World;
        string tag = world.Contents.Expect(context.Machine.Source.Content());
        Scenario scenario = world.Scenario;
        await using Repository repository = await context.OpenAsync(world.Main);
        // What a notice may say beside a pruner, or where listings lag: that something of the previous snapshot is gone.
        Observer observer = new(scenario.Prunes || scenario.Traits.ListLag > TimeSpan.Zero);
        BackupResult result = await BackupOperation.RunAsync(
            repository,
            new BackupOptions
            {
                Paths = [context.Machine.SourcePath],
                Host = ByteName.FromText(context.Machine.Name),
                Tags = [tag],
                CheckpointInterval = scenario.CheckpointInterval,
                ReaderCount = 2,
                Upload = scenario.Upload,
            },
            observer,
            context.CancellationToken);
        world.Scheduler.Note($"{context.Process.Name}: committed {result.SnapshotId.ToString()[..8]} as {tag}");
        world.Main.Committed(result.SnapshotId, context.Process.Name);
        if (observer.Problems.Count > 0 || result.Errors > 0)
        {
            throw new OracleException($"{context.Process.Name}: problems with a source that has none: {string.Join("; ", observer.Problems)}");
        }
    }

    private sealed class Observer(bool mayNotice) : IBackupObserver
    {
        public List<string> Problems { get; } = [];

        public void Started(BackupCounters counters)
        {
        }

        public void Problem(BackupProblem problem) => Problems.Add($"{problem.Path}: {problem.Message}");

        public void Notice(BackupProblem notice)
        {
            if (!mayNotice)
            {
                Problems.Add($"{notice.Path}: {notice.Message}");
            }
        }

        public void RotFound(RotAlarm alarm) => Problems.Add($"{alarm.Path}: rot");
    }
}
