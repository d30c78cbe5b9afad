using System.Diagnostics;
using Ebla.Backends.Local;
using Ebla.Keys;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Bench;

/// <summary>
/// One backup with chosen chunk and frame sizes, as a line of JSON: what benchmarks/sizes.py makes its table of.
/// <c>backup REPOSITORY AVERAGE_KIB FRAME_KIB PATH...</c>; the repository is made if it is not there.
/// </summary>
internal static class BackupRun
{
    public static async Task<int> RunAsync(string[] args)
    {
        string folder = Path.GetFullPath(args[0]);
        int average = int.Parse(args[1]) << 10;
        int frame = int.Parse(args[2]) << 10;
        using Credential credential = Credential.FromKeyFile(new byte[Credential.KeyFileSizeInBytesMin]);
        RepositoryOptions options = new() { CacheFolder = folder + ".cache" };
        LocalBackend backend = LocalBackend.Open(folder);
        Repository repository = Directory.Exists(folder)
            ? await Repository.OpenAsync(backend, credential, options, default)
            : await Repository.InitAsync(
                backend,
                new RepositoryCreation
                {
                    Credential = credential,
                    MemberName = "bench",
                    Chunker = new ChunkerSettings(average / 8 * 3, average, average * 4),
                },
                options,
                default);
        await using (repository)
        {
            BackupOptions backup = new()
            {
                Paths = [.. args[3..].Select(ByteName.FromText)],
                Upload = new UploadOptions { FrameSizeInBytes = frame },
            };
            BackupResult result = await BackupOperation.RunAsync(repository, backup, new Observer(), default);
            using Process self = Process.GetCurrentProcess();
            Console.WriteLine(
                $"{{\"seconds\": {result.Duration.TotalSeconds:F3}, "
                + $"\"cpu_seconds\": {self.TotalProcessorTime.TotalSeconds:F3}, "
                + $"\"peak_bytes\": {self.PeakWorkingSet64}, \"files_read\": {result.FilesNew + result.FilesChanged}, "
                + $"\"bytes_added\": {result.AddedInBytes}, \"bytes_stored\": {result.StoredInBytes}, \"errors\": {result.Errors}}}");
            return result.Errors == 0 ? 0 : 3;
        }
    }

    private sealed class Observer : IBackupObserver
    {
        public void Started(BackupCounters counters)
        {
        }

        public void Problem(BackupProblem problem) => Console.Error.WriteLine($"{problem.Path}: {problem.Message}");

        public void Notice(BackupProblem notice) => Console.Error.WriteLine($"{notice.Path}: {notice.Message}");

        public void RotFound(RotAlarm alarm) => Console.Error.WriteLine($"{alarm.Path}: rotten");
    }
}
