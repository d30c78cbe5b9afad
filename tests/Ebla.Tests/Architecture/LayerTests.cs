using Ebla.Primitives;
using Mono.Cecil;
using Xunit;

namespace Ebla.Tests.Architecture;

public sealed class LayerTests
{
    [Fact]
    public void Each_layer_uses_only_the_layers_below_it()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(Hash256).Assembly.Location);
        IReadOnlyList<string> violations = LayerRules.Ebla.Violations(assembly);
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    // Goal: the rules see a use wherever it hides.
    // Method: Sample.cs uses the wrong layer once in each place that a use can stand.
    [Fact]
    public void The_layer_rules_see_a_wrong_use_wherever_it_stands()
    {
        const string Sample = "Ebla.Tests.Architecture.Sample";
        LayerRules rules = new(Sample, new Dictionary<string, string[]> { ["Low"] = [], ["High"] = ["Low"] });
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(LayerTests).Assembly.Location);
        string[] expected =
        [
            .. new[]
            {
                "AsAttribute", "AsBase", "AsConstraint", "AsEvent", "AsField", "AsGenericArgument", "AsInterface", "AsParameter",
                "InAsync", "InAttribute", "InBody", "InCatch", "InLambda", "InNested", "InTypeOf",
            }.Select(user => $"{Sample}.Low.{user}"),
            $"{Sample}.Stray.Homeless",
        ];
        string[] users = [.. rules.Violations(assembly).Select(line => line.Split([" ->", ":"], 2, default)[0]).Distinct()];
        Assert.Equal(expected, users);
    }

    // Goal: what the simulator replaces, so that one seed is one run, nothing else does: not the status of files, not chance.
    [Theory]
    [InlineData("Ebla.FileSystems.ObservedMetadata", "set_Replacement")]
    [InlineData("Ebla.Repositories.RepositoryOptions", "set_Entropy")]
    [InlineData("Ebla.Keys.RepositoryCreation", "set_Entropy")]
    public void Only_the_simulator_replaces_what_the_system_says(string type, string setter)
    {
        foreach (Type product in (Type[])[typeof(Hash256), typeof(Ebla.Cli.Commands.BackendCommand)])
        {
            using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(product.Assembly.Location);
            Assert.Equal(product == typeof(Hash256), assembly.MainModule.GetType(type)?.Methods.Any(method => method.Name == setter) ?? false);
            string[] callers =
            [
                .. assembly.MainModule.GetTypes().Where(caller => caller.FullName != type)
                    .SelectMany(caller => caller.Methods).Where(method => method.HasBody)
                    .Where(method => method.Body.Instructions.Any(instruction => instruction.Operand is MethodReference called
                        && called.Name == setter && called.DeclaringType.FullName == type))
                    .Select(method => method.FullName),
            ];
            Assert.Empty(callers);
        }
    }

    [Fact]
    public void Only_the_tests_and_benchmarks_see_the_internals_of_the_library()
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(Hash256).Assembly.Location);
        string[] friends =
        [
            .. assembly.CustomAttributes
                .Where(attribute => attribute.AttributeType.Name == "InternalsVisibleToAttribute")
                .Select(attribute => (string)attribute.ConstructorArguments[0].Value)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["Ebla.Bench", "Ebla.Simulation", "Ebla.Tests"], friends);
    }
}
