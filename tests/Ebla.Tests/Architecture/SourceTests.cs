using Xunit;

namespace Ebla.Tests.Architecture;

public sealed class SourceTests
{
    [Fact]
    public void Source_files_keep_the_rules()
    {
        string[] files =
        [
            .. new[] { "src", "tests", "benchmarks" }.SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)),
        ];
        Assert.True(files.Length > 20, $"only {files.Length} source files found");
        string[] violations =
        [
            .. files
                .Select(file => (Path: Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'), Text: File.ReadAllText(file)))
                .Where(file => !file.Path.StartsWith("tests/Ebla.Tests/Architecture/SourceTests.", StringComparison.Ordinal)
                    && !file.Path.StartsWith("tests/Ebla.Tests/Architecture/SourceRules.", StringComparison.Ordinal))
                .SelectMany(file => SourceRules.Violations(file.Path, file.Text))
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    [Theory]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\npublic sealed class A;\ninternal enum B { None }\n")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\n\npublic readonly record struct A(int X)\n{\n    public enum Inner { None }\n}\n")]
    [InlineData("src/Ebla/Packs/A.Unix.cs", "namespace Ebla.Packs;\npublic static partial class A;\n")]
    [InlineData("src/Ebla/Backends/Local/A.cs", "namespace Ebla.Backends.Local;\n// TODO(#12): more\n")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\ncatch (Exception exception)\n{\n    error = exception;\n}\n")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\ncatch (IOException) when (isLast)\n{\n    // The next one tells.\n}\n")]
    [InlineData("src/Ebla.Cli/Program.cs", "return 0;\n")]
    [InlineData("tests/Ebla.Tests/Packs/ATests.cs", "namespace Ebla.Tests.Other;\npublic class A;\npublic class B;\n")]
    public void A_file_in_order_breaks_no_rule(string path, string text) => Assert.Empty(SourceRules.Violations(path, text));

    [Theory]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packing;\n", "expected Ebla.Packs")]
    [InlineData("src/Ebla/Packs/A.cs", "internal class A;\n", "namespace missing")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\npublic class A;\npublic record struct B(int X);\n", "2 public types (A, B)")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\npublic class A;\npublic delegate void B<T>(T x);\n", "2 public types (A, B)")]
    [InlineData("src/Ebla/Packs/A.cs", "namespace Ebla.Packs;\npublic interface IOther;\n", "expected its name")]
    [InlineData("src/Ebla/Packs/PackUtils.cs", "namespace Ebla.Packs;\n", "a name that says nothing")]
    [InlineData("src/Ebla/Common/A.cs", "namespace Ebla.Common;\n", "a name that says nothing")]
    [InlineData("tests/Ebla.Tests/Packs/A.cs", "// TODO: later\n", "open work")]
    [InlineData("benchmarks/A.cs", "try { } catch { }\n", "swallows")]
    [InlineData("benchmarks/A.cs", "try\n{\n}\ncatch (Exception)\n{\n    // Nothing to do.\n}\n", ":4: a catch that swallows")]
    [InlineData("benchmarks/A.cs", "catch (Exception exception) when (exception is IOException)\n{\n}\n", "swallows")]
    [InlineData("benchmarks/A.cs", "catch (IOException) { }\n", "swallows")]
    public void A_file_that_breaks_a_rule_is_named(string path, string text, string expected)
        => Assert.Contains(expected, Assert.Single(SourceRules.Violations(path, text)), StringComparison.Ordinal);

    [Fact]
    public void Long_files_and_long_lines_are_named()
    {
        string longFile = "namespace Ebla.Packs;\n" + new string('\n', 500) + "// End\n";
        Assert.Contains("502 lines", Assert.Single(SourceRules.Violations("src/Ebla/Packs/A.cs", longFile)), StringComparison.Ordinal);
        string longLine = "// " + new string('x', 148) + "\n";
        Assert.Contains(":1: 151 columns", Assert.Single(SourceRules.Violations("benchmarks/A.cs", longLine)), StringComparison.Ordinal);
    }
}
