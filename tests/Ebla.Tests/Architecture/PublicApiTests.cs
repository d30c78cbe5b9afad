using Ebla.Primitives;
using PublicApiGenerator;
using Xunit;

namespace Ebla.Tests.Architecture;

public sealed class PublicApiTests
{
    // Goal: a change of the public API is seen in review. UPDATE_SNAPSHOTS=1 rewrites the approved file.
    [Fact]
    public void The_public_API_is_the_approved_one()
    {
        string approvedFile = Path.Combine(Checkout.Root, "tests", "Ebla.Tests", "PublicApi.approved.txt");
        string actual = typeof(Hash256).Assembly
            .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n")
            .TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(approvedFile, actual);
        }
        string approved = File.ReadAllText(approvedFile);
        if (approved != actual)
        {
            string[] before = approved.Split('\n');
            string[] after = actual.Split('\n');
            IEnumerable<string> differences =
                before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line));
            Assert.Fail(
                "The public API is not the approved one. If that is meant: UPDATE_SNAPSHOTS=1 ./test unit, and commit.\n"
                + string.Join('\n', differences));
        }
    }
}
