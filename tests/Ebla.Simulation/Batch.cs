using System.Diagnostics;
using System.Globalization;
using Ebla.Simulation.Faults;

namespace Ebla.Simulation;

/// <summary>Runs many seeds and says how it went: what breaks a promise is printed with the command that shows it again.</summary>
internal sealed class Batch(string scratch, bool isVerbose)
{
    private const int SeedsOfBatch = 60;
    private const int SeedsReplayed = 4;
    private const int SeedsPerFault = 400;

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Runs a range of seeds, until a time is over.</summary>
    public void RunSeeds(ulong first, ulong last, TimeSpan timeMax, Fault? fault = null)
    {
        long began = Stopwatch.GetTimestamp();
        for (ulong seed = first; seed <= last && Stopwatch.GetElapsedTime(began) < timeMax; seed++)
        {
            RunResult result = Run.Execute(seed, fault ?? Fault.None, scratch);
            Judge(result.Violation is null, isVerbose ? Describe(result) : null, () => $"{Describe(result)}\n{Again(result, fault ?? Fault.None)}");
        }
    }

    /// <summary>Runs seeds again, here and in another process: the traces must be the same.</summary>
    public void Replay()
    {
        for (ulong seed = 1; seed <= SeedsReplayed; seed++)
        {
            RunResult first = Run.Execute(seed, Fault.None, scratch);
            RunResult second = Run.Execute(seed, Fault.None, scratch);
            string other = HashInAnotherProcess(seed);
            Judge(
                first.TraceHash == second.TraceHash && first.TraceHash == other, null,
                () => $"seed {seed} is not one run: its traces are {first.TraceHash}, {second.TraceHash}, and {other} in another process");
        }
    }

    /// <summary>Each planted fault must be found.</summary>
    public void FindFaults(string? only)
    {
        foreach (Fault fault in PlantedFaults.All.Where(fault => only is null || fault.Name == only))
        {
            ulong seed = 1;
            RunResult result = Run.Execute(seed, fault, scratch);
            while (result.Violation is null && seed < SeedsPerFault)
            {
                result = Run.Execute(++seed, fault, scratch);
            }
            Judge(
                result.Violation is not null,
                $"fault {fault.Name}: found by seed {seed}: {result.Violation}",
                () => $"fault {fault.Name}: not found by {seed} seeds");
        }
    }

    /// <summary>What the tests run: always the same.</summary>
    public void RunAll()
    {
        Replay();
        FindFaults(null);
        RunSeeds(1, SeedsOfBatch, TimeSpan.MaxValue);
        RunSeeds(1, SeedsOfBatch / 3, TimeSpan.MaxValue, PlantedFaults.PlainPruner);
        RunSeeds(1, SeedsOfBatch / 3, TimeSpan.MaxValue, PlantedFaults.RashPruner);
    }

    public static string Describe(RunResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {result.Seed}: {result.Summary}; {result.Steps} steps, trace {result.TraceHash}: {result.Violation ?? "in order"}");

    private static string Again(RunResult result, Fault fault)
        => $"  see it all with: ./test sim --seed {result.Seed}{(fault == Fault.None ? "" : $" --fault {fault.Name}")}";

    private static string HashInAnotherProcess(ulong seed)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Batch).Assembly.Location);
        }
        start.ArgumentList.Add("--hash");
        start.ArgumentList.Add(seed.ToString(CultureInfo.InvariantCulture));
        using System.Diagnostics.Process other = System.Diagnostics.Process.Start(start)!;
        string hash = other.StandardOutput.ReadToEnd().Trim();
        other.WaitForExit();
        return hash;
    }

    private void Judge(bool isGood, string? said, Func<string> complaint)
    {
        if (isGood)
        {
            Passed++;
        }
        else
        {
            Failed++;
            said = complaint();
        }
        if (said is not null)
        {
            Console.WriteLine(said);
        }
    }
}
