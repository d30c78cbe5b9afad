using System.Globalization;
using System.Text;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations.Patterns;

/// <summary>Our reading of ignore files beside git's own.</summary>
public sealed class GitTests
{
    private const int RoundCount = 100;

    // Latin-1 for bytes: \xE9 and \xFF are no UTF-8.
    private static readonly string[] Names =
    [
        "a", "b", "c", "ab", "abc", "aab", "a.o", "b.o", "a.b.c", " ", "a ", "a  b", "!a", "#a", "[a]", "a*", "*", "**", "a\\", "\\a", "]",
        "-", "^a", ".a", "a?", "\xC3\xA9", "\xE9", "a\xFF", "A", "z9", "a\tb", "a\vb", "_", "a-b", "abababababab", "x[", "\x01", ":",
    ];

    private static readonly string[] Pieces =
    [
        "a", "a", "b", "c", "ab", ".o", "*", "*", "*", "**", "**", "**/", "/**", "/**/", "***", "?", "/", "/", "/", "[ab]", "[!a]", "[^b]", "[a-c]",
        "[]a]", "[!]a]", "[a-]", "[-a]", "[\\]a]", "[a\\-c]", "[[:alpha:]]", "[[:space:]]", "[^[:alnum:]]", "[[:punct:]b]", "[[:digit:]-c]",
        "[[:nope:]]", "[[:a]", "[[a]", "[a/b]", "[c-a]", "[\x80-\xFF]", "[\\a-\\c]", "[a-[]", "[", "]",
        "\\", "\\a", "\\*", "\\ ", "\\/", "\\[", "\\!", "\\#", " ", " ",
        "!", "#", ".", "\xC3\xA9", "\xE9", "\xFF", "\r", "\t", "-", "A", ":",
        "[[:cntrl:]]", "[[:graph:]]", "[[:print:]]", "[[:blank:]]", "[[:xdigit:]]", "[[:upper:]]",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_patterns_in_random_trees_leave_out_what_git_ignores_by_the_same_lines()
    {
        using IgnoredByGit git = new();
        int compared = 0;
        int excluded = 0;
        for (int seed = 1; seed <= RoundCount; seed++)
        {
            git.Clear();
            Random random = new(seed);
            Dictionary<string, string> files = [];
            Fill(git.Target, random, default, depth: 0, files);
            SortedDictionary<ByteName, string> ours = Decide(git);
            List<string> theirs = await git.AskAsync([.. ours.Keys], Token);
            foreach ((KeyValuePair<ByteName, string> mine, string expected) in ours.Zip(theirs))
            {
                if (mine.Value != expected)
                {
                    Assert.Fail($"seed {seed}, {mine.Key}: ours '{mine.Value}', git's '{expected}'\n{Describe(files, expected, mine.Value)}");
                }
                compared++;
                excluded += expected.Length > 0 ? 1 : 0;
            }
        }
        // The test would prove little if nearly everything or nearly nothing were left out.
        Assert.InRange(compared, 4_000, int.MaxValue);
        Assert.InRange((double)excluded / compared, 0.2, 0.8);
    }

    private static void Fill(TargetDirectory directory, Random random, ByteName path, int depth, Dictionary<string, string> files)
    {
        if (depth == 0 || random.Next(3) == 0)
        {
            string text = Patterns(random, depth);
            byte[] patterns = Encoding.Latin1.GetBytes(text);
            files.Add(path.Join(NameOf(".gitignore")).ToString(), text);
            Write(directory, ".gitignore", patterns);
            Write(directory, ".eblaignore", patterns);
        }
        foreach (string name in random.GetItems(Names, random.Next(3, 8)).Distinct())
        {
            switch (random.Next(depth < 3 ? 4 : 2))
            {
                case 0:
                    Write(directory, name, []);
                    break;
                case 1:
                    directory.CreateSymbolicLink(NameOf(name), NameOf("."));
                    break;
                default:
                    using (TargetDirectory child = directory.OpenOrCreateDirectory(NameOf(name)))
                    {
                        Fill(child, random, path.Join(NameOf(name)), depth + 1, files);
                    }
                    break;
            }
        }
    }

    private static string Patterns(Random random, int depth)
    {
        StringBuilder text = new(random.Next(20) == 0 ? "\xEF\xBB\xBF" : "");
        for (int line = random.Next(1, 14); line > 0; line--)
        {
            string[] pieces = random.Next(3) switch
            {
                0 => random.GetItems(Pieces, random.Next(1, 4)),
                1 => random.GetItems(Pieces, random.Next(2, 8)),
                _ => [.. random.GetItems(Names, random.Next(1, 4 - Math.Min(depth, 2))).Zip(random.GetItems(Pieces, 3)).Select(
                    pair => random.Next(4) == 0 ? pair.Second : pair.First + (random.Next(2) == 0 ? "/" : ""))],
            };
            _ = text.Append(random.Next(4) == 0 ? "!" : "").Append(random.Next(6) == 0 ? "/" : "").AppendJoin("", pieces)
                .Append(random.Next(5) == 0 ? "/" : "").Append(random.Next(12) == 0 ? "\r" : "").Append('\n');
        }
        return text.ToString()[..^random.Next(2)];
    }

    private static SortedDictionary<ByteName, string> Decide(IgnoredByGit git)
    {
        SortedDictionary<ByteName, string> verdicts = [];
        ByteName root = ByteName.FromText(git.FullName);
        SelectionOptions options = new();
        SourceSelection selection = new(options, ExcludedFolders.Of([]), [root]);
        DirectoryListing names = git.Source.ReadNames();
        SelectionScope scope = selection.EnterNamed(root, git.Source.Stat(), Marks(git.Source, names, options));
        Walk(git.Source, names, scope, default, above: null);
        return verdicts;

        void Walk(SourceDirectory directory, DirectoryListing names, SelectionScope? scope, ByteName path, string? above)
        {
            for (int i = 0; i < names.Count; i++)
            {
                ByteName name = new(names[i]);
                if (path.IsEmpty && name == NameOf(".git"))
                {
                    continue;
                }
                FileMetadata metadata = directory.Stat(name.Span);
                string why = above ?? OriginOf(scope!.Decide(name.Span, metadata), root);
                verdicts[path.Join(name)] = why;
                if (metadata.Type == FileType.Directory)
                {
                    using SourceDirectory child = directory.OpenDirectory(name);
                    DirectoryListing below = child.ReadNames();
                    Walk(
                        child, below, why.Length > 0 ? null : scope!.Enter(name.Span, metadata, Marks(child, below, options)),
                        path.Join(name), why.Length > 0 ? why : null);
                }
            }
        }
    }

    private static DirectoryMarks Marks(SourceDirectory directory, DirectoryListing names, SelectionOptions options)
    {
        RecordingObserver observer = new();
        var marks = DirectoryMarks.Read(directory, names, options, new BackupLog(observer));
        Assert.Empty(observer.Problems.Concat(observer.Notices));
        return marks;
    }

    private static string OriginOf(SelectionVerdict verdict, ByteName root) => verdict.Rule is { } rule
        ? rule.Origin[(root.ToString().Length + 1)..].Replace(".eblaignore:", ".gitignore:", StringComparison.Ordinal)
        : "";

    private static string Describe(Dictionary<string, string> files, params string[] origins)
    {
        StringBuilder text = new();
        foreach (string origin in origins.Where(origin => origin.Length > 0))
        {
            int colon = origin.LastIndexOf(':');
            int line = int.Parse(origin[(colon + 1)..], CultureInfo.InvariantCulture);
            _ = text.Append(origin).Append(" is '").Append(files[origin[..colon]].Split('\n')[line - 1]).AppendLine("'");
        }
        return text.ToString();
    }

    private static void Write(TargetDirectory directory, string name, byte[] content)
    {
        using TargetFile file = directory.CreateFile(NameOf(name), 0);
        file.WriteAt(0, content);
        file.Commit();
    }

    private static ByteName NameOf(string latin1) => new(Encoding.Latin1.GetBytes(latin1));
}
