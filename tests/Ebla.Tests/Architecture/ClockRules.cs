using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Ebla.Tests.Architecture;

/// <summary>
/// Where a program asks what time it is. What is never asked is never compared: so no two machines' clocks are, and no machine's clock
/// with a time that a store tells.
/// </summary>
internal static class ClockRules
{
    private static readonly HashSet<string> Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.TimeProvider.GetUtcNow", "System.TimeProvider.GetLocalNow",
    ];

    // Times of files and of objects in a store: any property or method of these types, or any property of any type, whose name says so.
    private static readonly string[] FileTypes = ["System.IO.File", "System.IO.Directory", "System.IO.FileSystemInfo"];

    private static readonly HashSet<string> StoreTimes = ["get_LastModified", "get_Date", "get_LastModifiedTime"];

    // What a moment of somebody's clock is kept in. A span of time is none.
    private static readonly HashSet<string> Moments =
        ["System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "Ebla.Primitives.UnixTime"];

    /// <summary>Every type that asks for the time of day, of a file, or of an object in a store, as "type -> what it calls".</summary>
    public static IReadOnlyList<string> Readings(AssemblyDefinition assembly)
    {
        SortedSet<string> readings = new(StringComparer.Ordinal);
        foreach (TypeDefinition type in assembly.Modules.SelectMany(module => module.GetTypes()))
        {
            foreach (MethodReference called in Called(type).Where(IsReading))
            {
                _ = readings.Add($"{Outermost(type)} -> {called.DeclaringType.Name}.{called.Name}");
            }
        }
        return [.. readings];
    }

    /// <summary>Every type of these namespaces, and of those below them, that so much as names a moment.</summary>
    public static IReadOnlyList<string> UsesOfMoments(AssemblyDefinition assembly, params string[] namespaces)
    {
        SortedSet<string> users = new(StringComparer.Ordinal);
        foreach (TypeDefinition type in assembly.Modules.SelectMany(module => module.GetTypes()))
        {
            string home = TypeUses.NamespaceOf(type);
            if (namespaces.Any(name => home == name || home.StartsWith(name + ".", StringComparison.Ordinal)))
            {
                foreach (TypeReference used in TypeUses.Of(type).Where(used => Moments.Contains(used.FullName)))
                {
                    _ = users.Add($"{Outermost(type)} -> {used.FullName}");
                }
            }
        }
        return [.. users];
    }

    private static bool IsReading(MethodReference called)
        => Clocks.Contains($"{called.DeclaringType.FullName}.{called.Name}")
            || StoreTimes.Contains(called.Name)
            || (FileTypes.Contains(called.DeclaringType.FullName) && called.Name.Contains("Time", StringComparison.Ordinal)
                && !called.Name.StartsWith("Set", StringComparison.Ordinal) && !called.Name.StartsWith("set_", StringComparison.Ordinal));

    private static IEnumerable<MethodReference> Called(TypeDefinition type) => type.Methods
        .Where(method => method.HasBody)
        .SelectMany(method => method.Body.Instructions)
        .Select((Instruction instruction) => instruction.Operand)
        .OfType<MethodReference>();

    private static string Outermost(TypeReference type)
        => type.DeclaringType is null ? type.FullName : Outermost(type.DeclaringType);
}
