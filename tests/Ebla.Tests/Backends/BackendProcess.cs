using System.Globalization;
using Ebla.Backends.Local;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>Work on a repository in a folder, done in a process of its own. Each promise is printed as soon as it is given.</summary>
internal static class BackendProcess
{
    /// <summary>The first argument that makes the test program do this.</summary>
    public const string Argument = "backend-process";

    /// <summary>The objects of the work "batches": the first three are flushed together, then the other two.</summary>
    public static IReadOnlyList<TestObject> BatchObjects { get; } =
    [
        TestObject.Create(1, 300_000), TestObject.Create(2, 3_000, ObjectKind.Index), TestObject.Create(3, 0, ObjectKind.Snapshot),
        TestObject.Create(4, 3_000_000), TestObject.Create(5, 10),
    ];

    public static Task<int> RunAsync(string[] args)
        // On the pool, all of it: the tests that count calls per thread allow the pool a single thread.
        => Task.Run(() => args switch
        {
            ["batches", string path] => BatchesAsync(path, Console.Out),
            ["loop", string path, string seed] => LoopAsync(path, int.Parse(seed, CultureInfo.InvariantCulture)),
            ["fill", string path] => FillAsync(path),
            ["refused", string path] => RefusedAsync(path),
            _ => throw new ArgumentException("unknown work"),
        });

    public static string Promise(TestObject item) => $"promised {item.Name}";

    /// <summary>Puts, flushes and deletes a few objects.</summary>
    public static async Task<int> BatchesAsync(string path, TextWriter output)
    {
        await using LocalBackend backend = LocalBackend.Open(path);
        try
        {
            if (await backend.ReadHeaderAsync() is null)
            {
                await backend.CreateHeaderAsync("header"u8.ToArray());
            }
            output.WriteLine("promised header");
            foreach (TestObject[] batch in (TestObject[][])[[.. BatchObjects.Take(3)], [.. BatchObjects.Skip(3)]])
            {
                foreach (TestObject item in batch)
                {
                    await item.PutAsync(backend);
                }
                await backend.FlushAsync();
                foreach (TestObject item in batch)
                {
                    output.WriteLine(Promise(item));
                }
            }
            await backend.DeleteAsync(BatchObjects[1].Name);
            await backend.FlushAsync();
            output.WriteLine("done");
            return 0;
        }
        catch (BackendException exception)
        {
            output.WriteLine($"failed {exception.Message}");
            await TryAgainAsync(backend, output);
            return 1;
        }
    }

    private static async Task TryAgainAsync(LocalBackend backend, TextWriter output)
    {
        try
        {
            await backend.FlushAsync();
            output.WriteLine("flush accepted");
        }
        catch (BackendException exception)
        {
            output.WriteLine($"flush refused {exception.Message}");
        }
    }

    private static async Task<int> LoopAsync(string path, int seed)
    {
        await using LocalBackend backend = LocalBackend.Open(path);
        if (await backend.ReadHeaderAsync() is null)
        {
            await backend.CreateHeaderAsync("header"u8.ToArray());
        }
        Console.WriteLine("promised header");
        Random random = new(seed);
        for (int count = 0; ;)
        {
            TestObject[] batch = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => LoopObject(seed, count++))];
            await Parallel.ForEachAsync(batch, async (item, token) => await item.PutAsync(backend, token));
            await backend.FlushAsync();
            foreach (TestObject item in batch)
            {
                Console.WriteLine($"promised {count - batch.Length + Array.IndexOf(batch, item)}");
            }
        }
    }

    /// <summary>The n-th object of the work "loop".</summary>
    public static TestObject LoopObject(int seed, int number)
        => TestObject.Create(
            (seed * 1_000_000) + number,
            number % 9 == 0 ? 700_000 : number * 131 % 5000,
            number % 4 == 0 ? ObjectKind.Index : ObjectKind.Pack);

    // Puts until the disk is full, then checks by itself: the file system is seen by this process only.
    private static async Task<int> FillAsync(string path)
    {
        List<TestObject> promised = [];
        await using (LocalBackend backend = LocalBackend.Open(path))
        {
            await backend.CreateHeaderAsync("header"u8.ToArray());
            try
            {
                while (promised.Count < 100)
                {
                    TestObject item = TestObject.Create(promised.Count, 1_000_000);
                    await item.PutAsync(backend);
                    await backend.FlushAsync();
                    promised.Add(item);
                }
            }
            catch (BackendException exception)
            {
                Console.WriteLine($"failed {exception.Message}");
            }
            Console.WriteLine($"free {await backend.GetFreeSpaceInBytesAsync()}");
            Console.WriteLine($"temp {Directory.GetFiles(path + "/tmp", "*-*", SearchOption.AllDirectories).Length}");
        }
        await using LocalBackend reader = LocalBackend.Open(path);
        bool isWhole = true;
        foreach (TestObject item in promised)
        {
            isWhole &= item.Matches(await TestObject.GetAsync(reader, item.Name));
        }
        Console.WriteLine($"promised {promised.Count} whole {isWhole}");
        Console.WriteLine($"listed {(await TestObject.ListAsync(reader, ObjectKind.Pack)).Count}");
        return 0;
    }

    // On a file system that is read-only.
    private static async Task<int> RefusedAsync(string path)
    {
        await using LocalBackend backend = LocalBackend.Open(path);
        foreach ((string what, Func<Task> act) in ((string, Func<Task>)[])
        [
            ("put", async () => await TestObject.Create(99, 10).PutAsync(backend)),
            ("delete", async () => await backend.DeleteAsync(BatchObjects[0].Name)),
        ])
        {
            try
            {
                await act();
                Console.WriteLine($"{what} accepted");
            }
            catch (BackendException exception)
            {
                Console.WriteLine($"{what} refused {exception.IsTransient} {exception.Message}");
            }
        }
        Console.WriteLine($"read {BatchObjects[0].Matches(await TestObject.GetAsync(backend, BatchObjects[0].Name))}");
        return 0;
    }
}
