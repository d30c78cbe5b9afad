using System.Security.Cryptography;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Simulation.Actors;
using Ebla.Simulation.Faults;
using Ebla.Simulation.Oracles;
using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Sources;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation;

/// <summary>One run: a seed makes a scenario, machines carry out operations on one store, and the oracles watch.</summary>
internal sealed class Run
{
    private static readonly TimeSpan RealTimeMax = TimeSpan.FromMinutes(2);

    private static readonly string[] TellingRequests
        = ["put Snapshot", "put Session", "list Session", "put Index", "put Condemned", "put Note", "delete", "flush", "list Pack"];

    private readonly ulong _seed;
    private readonly Fault _fault;
    private readonly Chance _chance;
    private readonly Scenario _scenario;
    private readonly Scheduler _scheduler;
    private readonly List<Process> _processes = []; // Also the dead: see MachineClock.
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    private Run(ulong seed, Fault fault)
    {
        _seed = seed;
        _fault = fault;
        _chance = new Chance(seed);
        _scenario = fault.Adapt(Scenario.Of(_chance.Fork("scenario")));
        _scheduler = new Scheduler(_chance);
    }

    /// <summary>Runs a seed. Not from a thread of the pool; one run at a time in a process.</summary>
    public static RunResult Execute(ulong seed, Fault fault, string scratch)
    {
        Run run = new(seed, fault);
        string folder = Directory.CreateDirectory(Path.Combine(scratch, "run")).FullName;
        string? violation = null;
        try
        {
            Directory.SetCurrentDirectory(folder);
            using FileRegister register = new();
            run._scheduler.Note($"seed {seed}: {run._scenario}; fault: {fault.Name}");
            run._scheduler.Run(() => run.DirectAsync(folder, register), RealTimeMax);
        }
        catch (Exception exception) when (exception is OracleException or HangException)
        {
            violation = exception.Message;
        }
        catch (Exception exception)
        {
            violation = $"not expected: {exception}";
        }
        finally
        {
            run._processes.ForEach(process => process.Freeze());
            Directory.SetCurrentDirectory(scratch);
            Directory.Delete(folder, recursive: true);
        }
        string summary = string.Join(", ", run._outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"));
        return new RunResult(seed, violation, run._scheduler.Trace.Hash(), run._scheduler.Trace.Lines, run._scheduler.Steps, summary);
    }

    private async Task DirectAsync(string folder, FileRegister register)
    {
        register.Set("/", new VirtualStatus(3, 0));
        register.Set(folder, new VirtualStatus(4, 0));
        byte[] keyFile = SHA256.HashData("the key file of the simulation"u8);
        using Credential credential = Credential.FromKeyFile(keyFile);
        (SimulatedStore main, Repository mainRepository) = await CreateAsync("main", credential, null);
        (SimulatedStore mirror, Repository mirrorRepository) = await CreateAsync(
            "mirror", credential, _chance.Happens(0.5) ? mainRepository.Keys.Ring : null);
        await using Repository disposingMain = mainRepository;
        await using Repository disposingMirror = mirrorRepository;
        World world = new()
        {
            Scheduler = _scheduler,
            Scenario = _scenario,
            Fault = _fault,
            Folder = folder,
            Credential = credential,
            MainStore = main,
            MainKeys = mainRepository.Keys,
            Maintenance = _fault.Maintenance,
            Main = new StoreOracle("main", mainRepository.Keys),
            MirrorStore = mirror,
            Mirror = new StoreOracle("mirror", mirrorRepository.Keys),
        };
        // What the repository began with is there for everybody.
        await _scheduler.WaitAsync(2 * _scenario.Traits.ListLag);
        main.Watcher = world.Main;
        mirror.Watcher = world.Mirror;
        _fault.Start(world, _chance.Fork("fault"));
        ulong pool = _chance.NextWord();
        List<Task> machines = [];
        for (int i = 0; i < _scenario.MachineCount; i++)
        {
            machines.Add(LiveAsync(world, CreateMachine(folder, i, register, pool)));
        }
        await Task.WhenAll(machines);
        if (_scenario.Prunes && !_fault.HasTrouble)
        {
            await CleanUpAsync(world, folder);
        }
        await VerifyAsync(world, mainRepository, world.Main);
        await VerifyAsync(world, mirrorRepository, world.Mirror);
    }

    private async Task<(SimulatedStore Store, Repository Repository)> CreateAsync(string name, Credential credential, RingKeys? like)
    {
        SimulatedStore store = new(name, _scheduler, _scenario.Traits, _chance.Fork($"store {name}"));
        SeededEntropy entropy = new(_chance.Fork($"keys of {name}"));
        Repository repository = await Repository.InitAsync(
            new DirectBackend(store),
            new RepositoryCreation
            {
                Credential = credential,
                MemberName = "owner",
                Chunker = new ChunkerSettings(6 << 10, 16 << 10, 32 << 10),
                Like = like,
                Suite = Encryption.CipherSuite.ChaCha20Poly1305,
                Time = new FixedClock(),
                Entropy = entropy,
            },
            new RepositoryOptions { Entropy = entropy },
            CancellationToken.None);
        return (store, repository);
    }

    private Machine CreateMachine(string folder, int number, FileRegister register, ulong pool)
    {
        string name = $"m{number}";
        Chance chance = _chance.Fork(name);
        string own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        register.Set(own, new VirtualStatus(10 + (ulong)number, 0));
        SourceFolder source = new(Path.Combine(own, "src"), register, pool, chance.Fork("source"));
        source.Change(chance.Between(3, 12));
        // Several machines may have one clock or clocks that are years apart; nothing may depend on it.
        TimeSpan offset = chance.Happens(0.5) ? TimeSpan.Zero : TimeSpan.FromHours(chance.Between(-20_000, 20_000));
        string? cache = chance.Happens(0.5) ? Path.Combine(own, "cache") : null;
        return new Machine(name, own, source, ByteName.FromText($"/proc/self/cwd/{name}/src"), cache, offset, chance);
    }

    private async Task LiveAsync(World world, Machine machine)
    {
        Chance chance = machine.Chance;
        for (int number = 0; number < _scenario.OperationsPerMachine; number++)
        {
            await _scheduler.WaitAsync(chance.Time(TimeSpan.FromMilliseconds(1), 40 * _scenario.Traits.DelayMax));
            if (number > 0)
            {
                machine.Source.Change(chance.Below(4));
            }
            IActor actor = ChooseActor(chance, number);
            ProcessFate fate = ChooseFate(chance);
            Process process = new(_scheduler, $"{machine.Name}.{number}-{actor.Name}", machine.ClockOffset, chance.Fork($"process {number}"), fate);
            _processes.Add(process);
            _scheduler.Note($"{process.Name} starts");
            string outcome = await EndAsync(actor, new ActorContext(world, machine, process));
            _scheduler.Note($"{process.Name}: {outcome}");
            string counted = $"{actor.Name} {outcome.Split(':')[0]}";
            _outcomes[counted] = _outcomes.GetValueOrDefault(counted) + 1;
            process.End();
        }
    }

    // When all that is late has come: a few prunes without trouble, and nothing is left that nobody needs.
    private async Task CleanUpAsync(World world, string folder)
    {
        await _scheduler.WaitAsync(3 * _scenario.Traits.LateMax);
        world.MainStore.Traits = new StoreTraits { SeenUnflushed = 1, WaitingDeletes = 0 };
        Chance chance = _chance.Fork("janitor");
        Machine janitor = new("janitor", folder, null!, default, null, TimeSpan.Zero, chance);
        for (int i = 0; i < 3; i++)
        {
            Process process = new(_scheduler, $"janitor.{i}-prune", TimeSpan.Zero, chance.Fork($"{i}"), new ProcessFate(FateKind.Kind));
            _processes.Add(process);
            _scheduler.Note($"{process.Name} starts");
            await Task.Run(() => new PruneActor(isThorough: true).RunAsync(new ActorContext(world, janitor, process)));
            process.End();
        }
        if (world.Main.CountUnused() is > 0 and int count)
        {
            // What a forget that failed did not reach still counts, as far as the store is concerned.
            if (!world.Main.Forgotten.Any())
            {
                throw new OracleException($"after three prunes {count} blobs are left that no snapshot needs");
            }
        }
    }

    private static async Task<string> EndAsync(IActor actor, ActorContext context)
    {
        Task work = Task.Run(() => actor.RunAsync(context));
        if (await Task.WhenAny(work, context.Process.Killed) != work)
        {
            return "killed";
        }
        try
        {
            await work;
            return "done";
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return "interrupted";
        }
        catch (EblaException exception) when (!context.MustSucceed)
        {
            return $"failed: {exception.GetType().Name}: {exception.Message}";
        }
        catch (EblaException exception)
        {
            throw new OracleException($"{context.Process.Name} fails although nothing is in its way: {exception.Message}");
        }
    }

    private IActor ChooseActor(Chance chance, int number) => number == 0 ? new BackupActor() : chance.Below(_scenario.Prunes ? 19 : 10) switch
    {
        < 6 => new BackupActor(),
        6 => new CheckActor(),
        7 => new CopyActor(),
        < 10 => new RestoreActor(),
        < 13 => new ForgetActor(),
        13 => new UndeleteActor(),
        _ => new PruneActor(),
    };

    // At any request, or at one of those on which everything hangs.
    private ProcessFate ChooseFate(Chance chance)
    {
        (string request, int at) = chance.Below(4) switch
        {
            0 => ("", chance.Between(1, 10)),
            1 => (chance.Pick(TellingRequests), chance.Between(1, 3)),
            _ => ("", chance.Between(10, 80)),
        };
        TimeSpan sleep = chance.Time(_scenario.Traits.DelayMax, TimeSpan.FromDays(365));
        double what = chance.Fraction();
        FateKind kind = what < _scenario.Deaths ? FateKind.Dies
            : what < _scenario.Deaths + _scenario.Sleeps ? FateKind.Sleeps
            : what < _scenario.Deaths + _scenario.Sleeps + _scenario.Interruptions ? FateKind.Interrupted
            : FateKind.Kind;
        return new ProcessFate(kind, at, request, sleep);
    }

    // When all is quiet: whatever happened, every snapshot that can be seen is whole and what its writer read.
    private static async Task VerifyAsync(World world, Repository repository, StoreOracle oracle)
    {
        await CheckActor.CheckAsync(repository, readData: true, "in the end", CancellationToken.None);
        foreach (SeenSnapshot seen in oracle.Counting.ToArray())
        {
            string target = world.NewTarget();
            Restoring restoring = new();
            await restoring.RunAsync(repository, seen, target, CancellationToken.None);
            if (restoring.Problems.Count > 0)
            {
                throw new OracleException(
                    $"in the end: snapshot {seen.Id.ToString()[..8]} does not restore: {string.Join("; ", restoring.Problems)}");
            }
            world.Contents.Compare(seen, target, "in the end");
        }
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => MachineClock.Start;
    }
}
