using Mono.Cecil;

namespace Ebla.Tests.Architecture;

/// <summary>What each folder of the library may use. A folder is the namespace right below the root one.</summary>
internal sealed class LayerRules(string rootNamespace, IReadOnlyDictionary<string, string[]> allowed)
{
    private static readonly string[] Foundation = ["Primitives"];

    private static readonly string[] Parts =
        ["Hashing", "Chunking", "Compression", "Encryption", "Pipelines", "Backends", .. Foundation];

    private static readonly string[] Format = ["Packs", "Indexing", "Trees", "Snapshots", "Sessions", "Notes", "Keys", .. Parts];

    /// <summary>The layers of Ebla, from docs/design.md.</summary>
    public static LayerRules Ebla { get; } = new("Ebla", new Dictionary<string, string[]>
    {
        ["Primitives"] = [],
        ["Hashing"] = Foundation,
        ["Chunking"] = Foundation,
        ["Compression"] = Foundation,
        ["Encryption"] = Foundation,
        ["Pipelines"] = Foundation,
        ["Backends"] = ["Hashing", .. Foundation],
        ["Keys"] = Parts,
        ["Trees"] = Parts,
        ["Packs"] = ["Keys", .. Parts],
        ["Indexing"] = ["Packs", "Keys", .. Parts],
        ["Snapshots"] = ["Keys", .. Parts],
        ["Sessions"] = ["Keys", .. Parts],
        ["Notes"] = ["Keys", .. Parts],
        ["FileSystems"] = Foundation,
        ["Repositories"] = Format,
        ["Operations"] = ["Repositories", "FileSystems", .. Format],
    });

    /// <summary>Every use that the rules do not allow, as "user -> used", and every namespace without a rule.</summary>
    public IReadOnlyList<string> Violations(AssemblyDefinition assembly)
    {
        SortedSet<string> violations = new(StringComparer.Ordinal);
        foreach (TypeDefinition type in assembly.Modules.SelectMany(module => module.GetTypes()))
        {
            if (LayerOf(type) is not { } layer)
            {
                continue;
            }
            if (!allowed.TryGetValue(layer, out string[]? mayUse))
            {
                _ = violations.Add($"{type.FullName}: no rule for the layer '{layer}'");
                continue;
            }
            foreach (TypeReference used in TypeUses.Of(type))
            {
                if (LayerOf(used) is { } usedLayer && usedLayer != layer && !mayUse.Contains(usedLayer))
                {
                    _ = violations.Add($"{Outermost(type)} -> {used.FullName}");
                }
            }
        }
        return [.. violations];
    }

    // Null for what lies outside the root namespace: the framework, packages, and what the compiler adds.
    private string? LayerOf(TypeReference type)
    {
        string name = TypeUses.NamespaceOf(type);
        if (name == rootNamespace)
        {
            return string.Empty;
        }
        return name.StartsWith(rootNamespace + ".", StringComparison.Ordinal)
            ? name[(rootNamespace.Length + 1)..].Split('.')[0]
            : null;
    }

    private static string Outermost(TypeReference type)
        => type.DeclaringType is null ? type.FullName : Outermost(type.DeclaringType);
}
