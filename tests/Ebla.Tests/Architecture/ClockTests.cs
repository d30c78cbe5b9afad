using Ebla.Backends;
using Ebla.Primitives;
using Mono.Cecil;
using Xunit;

namespace Ebla.Tests.Architecture;

/// <summary>Nothing is decided by comparing clocks: not two machines', and not a machine's with a store's (docs/prune.md).</summary>
public sealed class ClockTests
{
    // Who asks for the time, and what for. Nobody joins without a reason that has nothing to do with what may be deleted from a store.
    private static readonly string[] Allowed =
    [
        "Ebla.Backends.S3.S3Requests -> TimeProvider.GetUtcNow", // Until when a store shall hold an object: the store's own rule.
        "Ebla.Keys.NewRepository -> TimeProvider.GetUtcNow", // When a repository was made, for people.
        "Ebla.Operations.Backups.BackupOperation -> TimeProvider.GetUtcNow", // The time of a snapshot, for people and retention.
        "Ebla.Operations.KeySlots.KeySlotOperation -> TimeProvider.GetUtcNow", // When a key was added, for people.
        "Ebla.Operations.Prunes.Sightings -> TimeProvider.GetUtcNow", // Since when a snapshot was seen forgotten, by one machine: policy.
        "Ebla.Operations.Retention.ForgetOperation -> TimeProvider.GetUtcNow", // Which snapshots are dated later than now: policy.
        "Ebla.Repositories.CatalogCache -> File.GetLastWriteTimeUtc", // Left-over files of the local cache, by the age one file tells of another.
        "Ebla.Repositories.MetadataCache -> File.GetLastWriteTimeUtc", // The same; and which file of the local cache was used last.
        "Ebla.Repositories.MetadataCache -> FileSystemInfo.get_LastWriteTimeUtc",
        "Ebla.Repositories.MetadataCache -> TimeProvider.GetUtcNow",
    ];

    [Fact]
    public void Only_listed_places_ask_what_time_it_is()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(Hash256).Assembly.Location);
        Assert.Equal(Allowed, ClockRules.Readings(assembly));
    }

    // Whether a session is dead, a pack may go, a snapshot is whole: none of it knows a moment at all.
    [Fact]
    public void Sessions_prunes_and_condemned_records_know_no_moments()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(Hash256).Assembly.Location);
        Assert.Empty(ClockRules.UsesOfMoments(assembly, "Ebla.Sessions", "Ebla.Packs", "Ebla.Indexing"));
        Assert.DoesNotContain(
            ClockRules.UsesOfMoments(assembly, "Ebla.Repositories"),
            use => !use.StartsWith("Ebla.Repositories.MetadataCache ", StringComparison.Ordinal)
                && !use.StartsWith("Ebla.Repositories.CatalogCache ", StringComparison.Ordinal)
                // In which order snapshots are shown.
                && !use.StartsWith("Ebla.Repositories.SnapshotList ", StringComparison.Ordinal)
                && !use.StartsWith("Ebla.Repositories.SnapshotStore ", StringComparison.Ordinal));
        // The grace, which is policy: this machine's clock against itself.
        Assert.DoesNotContain(
            ClockRules.UsesOfMoments(assembly, "Ebla.Operations.Prunes"),
            use => !use.StartsWith("Ebla.Operations.Prunes.Sightings ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_store_tells_no_times_of_objects()
        => Assert.Equal(
            ["Name:ObjectName", "SizeInBytes:Int64"],
            typeof(ObjectInfo).GetProperties().Select(property => $"{property.Name}:{property.PropertyType.Name}").Order(StringComparer.Ordinal));

    // Goal: the rule sees a reading wherever it hides. ClockSample.cs reads in each place once.
    [Fact]
    public void The_rule_sees_a_reading_wherever_it_stands()
    {
        const string Sample = "Ebla.Tests.Architecture.ClockSample.";
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(ClockTests).Assembly.Location);
        Assert.Equal(
            [
                "AsksFile -> File.GetLastWriteTimeUtc", "AsksFileInfo -> FileSystemInfo.get_LastWriteTimeUtc",
                "AsksInAsync -> TimeProvider.GetUtcNow", "AsksInBody -> TimeProvider.GetUtcNow", "AsksInLambda -> TimeProvider.GetUtcNow",
                "AsksStore -> HttpContentHeaders.get_LastModified",
            ],
            ClockRules.Readings(assembly).Where(reading => reading.StartsWith(Sample, StringComparison.Ordinal))
                .Select(reading => reading[Sample.Length..]));
        Assert.Contains(
            $"{Sample}AsksStore -> System.DateTimeOffset", ClockRules.UsesOfMoments(assembly, "Ebla.Tests.Architecture.ClockSample"));
        Assert.DoesNotContain(
            ClockRules.UsesOfMoments(assembly, "Ebla.Tests.Architecture.ClockSample"), use => use.Contains("MeasuresOnly", StringComparison.Ordinal));
    }
}
