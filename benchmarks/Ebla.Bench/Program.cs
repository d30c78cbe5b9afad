using Ebla.Bench;

// Micro-benchmarks of the kernels: `dotnet run -c Release --project benchmarks/Ebla.Bench -- [NAME...]`.
// Prints GB/s of one thread.
Dictionary<string, Action<Report>> benchmarks = new()
{
    ["hash"] = HashingBenchmarks.Run,
    ["chunk"] = ChunkingBenchmarks.Run,
    ["zstd"] = CompressionBenchmarks.Run,
    ["files"] = FileSystemBenchmarks.Run,
    ["aead"] = EncryptionBenchmarks.Run,
};
if (args is ["backup", .. string[] rest])
{
    return await BackupRun.RunAsync(rest);
}
Report report = new(Console.Out);
foreach ((string name, Action<Report> run) in benchmarks)
{
    if (args.Length == 0 || args.Contains(name))
    {
        run(report);
    }
}
return 0;
