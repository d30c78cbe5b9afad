using System.Diagnostics;
using System.Globalization;
using Ebla.Simulation;
using Ebla.Simulation.Faults;

string scratch = Directory.CreateTempSubdirectory("ebla-sim-").FullName;
if (Directory.Exists("/dev/shm"))
{
    Directory.Delete(scratch);
    scratch = $"/dev/shm/{Path.GetFileName(scratch)}";
    _ = Directory.CreateDirectory(scratch);
}
Environment.SetEnvironmentVariable("TMPDIR", scratch);
try
{
    if (args is ["--seed", string one])
    {
        RunResult result = Run.Execute(ulong.Parse(one, CultureInfo.InvariantCulture), Fault.None, scratch);
        foreach (string line in result.Trace)
        {
            Console.WriteLine(line);
        }
        Console.WriteLine($"seed {result.Seed}: {result.Summary}; {result.Steps} steps, trace {result.TraceHash}: {result.Violation ?? "in order"}");
        return result.Violation is null ? 0 : 1;
    }
    if (args is ["--seeds", string range])
    {
        ulong[] ends = [.. range.Split('-').Select(end => ulong.Parse(end, CultureInfo.InvariantCulture))];
        int failed = 0;
        long began = Stopwatch.GetTimestamp();
        for (ulong seed = ends[0]; seed <= ends[1]; seed++)
        {
            RunResult result = Run.Execute(seed, Fault.None, scratch);
            Console.WriteLine($"seed {result.Seed}: {result.Summary}; {result.Steps} steps, trace {result.TraceHash}: {result.Violation ?? "in order"}");
            failed += result.Violation is null ? 0 : 1;
        }
        Console.WriteLine($"{failed} failed, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return failed;
    }
    return 2;
}
finally
{
    Directory.SetCurrentDirectory("/");
    Directory.Delete(scratch, recursive: true);
}
