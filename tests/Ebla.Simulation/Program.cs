using System.Globalization;
using Ebla.Simulation.Faults;

namespace Ebla.Simulation;

/// <summary>The command line of the simulation; docs/testing-simulation.md explains it.</summary>
internal static class Program
{
    private const string Usage = """
        sim                      the fixed batch that the tests run
        sim --seed N             one run, with all that happens in it; --fault NAME plants a fault
        sim --seeds A-B          these seeds; --fault NAME as above
        sim --for 5m [--from A]  seeds from 1000, or A, on, until the time is over (s, m, h)
        sim --faults [NAME]      each planted fault, or one, until a seed finds it
        """;

    public static int Main(string[] args)
    {
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string scratch = Directory.CreateDirectory(Path.Combine(memory, $"ebla-sim-{Environment.ProcessId}")).FullName;
        Environment.SetEnvironmentVariable("TMPDIR", scratch);
        try
        {
            return Run(args, scratch);
        }
        finally
        {
            Directory.SetCurrentDirectory("/");
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static int Run(string[] args, string scratch)
    {
        Batch batch = new(scratch, isVerbose: args.Length > 0);
        switch (args)
        {
            case []:
                batch.RunAll();
                break;
            case ["--hash", string seed]:
                Console.WriteLine(Simulation.Run.Execute(Number(seed), Fault.None, scratch).TraceHash);
                return 0;
            case ["--seed", string seed]:
                return Show(Simulation.Run.Execute(Number(seed), Fault.None, scratch));
            case ["--seed", string seed, "--fault", string name]:
                return Show(Simulation.Run.Execute(Number(seed), PlantedFaults.Find(name), scratch));
            case ["--seeds", string range]:
                ulong[] ends = [.. range.Split('-').Select(Number)];
                batch.RunSeeds(ends[0], ends[^1], TimeSpan.MaxValue);
                break;
            case ["--seeds", string range, "--fault", string name]:
                ulong[] bounds = [.. range.Split('-').Select(Number)];
                batch.RunSeeds(bounds[0], bounds[^1], TimeSpan.MaxValue, PlantedFaults.Find(name));
                break;
            case ["--for", string time]:
                batch.RunSeeds(1000, ulong.MaxValue, Time(time));
                break;
            case ["--for", string time, "--from", string first]:
                batch.RunSeeds(Number(first), ulong.MaxValue, Time(time));
                break;
            case ["--faults"]:
                batch.FindFaults(null);
                break;
            case ["--faults", string name]:
                batch.FindFaults(name);
                break;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
        Console.WriteLine($"simulation: {batch.Passed} passed, {batch.Failed} failed");
        return batch.Failed == 0 ? 0 : 1;
    }

    private static int Show(RunResult result)
    {
        foreach (string line in result.Trace)
        {
            Console.WriteLine(line);
        }
        Console.WriteLine(Batch.Describe(result));
        return result.Violation is null ? 0 : 1;
    }

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan Time(string text) => double.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture) * text[^1] switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => throw new FormatException($"{text}: a time is a number and s, m or h."),
    };
}
