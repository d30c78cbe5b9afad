using Ebla.FileSystems;
using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>What a directory says about what is in it: its ignore file, and whether it is a cache.</summary>
/// <param name="Rules">The ignore file's rules.</param>
/// <param name="IsCache">Whether it has a right CACHEDIR.TAG.</param>
internal readonly record struct DirectoryMarks(IReadOnlyList<PatternRule> Rules, bool IsCache)
{
    /// <summary>1 MiB: some 30,000 patterns. A longer file is no list of patterns.</summary>
    private const int IgnoreFileSizeInBytesMax = 1 << 20;

    private const string NoRegularFile = "not used: it is no regular file";

    /// <summary>Nothing.</summary>
    public static DirectoryMarks None { get; } = new([], false);

    public static ReadOnlySpan<byte> IgnoreFileName => ".eblaignore"u8;

    public static ReadOnlySpan<byte> CacheTagName => "CACHEDIR.TAG"u8;

    // The Cache Directory Tagging Specification, 0.6: the MD5 of ".IsCacheDirectory"; what follows it in the file is free.
    private static ReadOnlySpan<byte> CacheTagSignature => "Signature: 8a477f597d28d172789f06886806bc55"u8;

    /// <summary>Reads the marks, if the names show that there are any.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="names">What is in it.</param>
    /// <param name="options">Which marks count.</param>
    /// <param name="log">Told of an ignore file that cannot be used; what it would leave out is taken then.</param>
    public static DirectoryMarks Read(
        SourceDirectory directory, DirectoryListing names, SelectionOptions options, BackupLog log)
    {
        bool hasIgnoreFile = options.UsesIgnoreFiles && names.Contains(IgnoreFileName);
        bool hasCacheTag = options.ExcludesCaches && names.Contains(CacheTagName);
        return hasIgnoreFile || hasCacheTag
            ? new DirectoryMarks(
                hasIgnoreFile ? ReadIgnoreFile(directory, log) : [],
                hasCacheTag && HasCacheTag(directory, log))
            : None;
    }

    private static IReadOnlyList<PatternRule> ReadIgnoreFile(SourceDirectory directory, BackupLog log)
    {
        ByteName name = new(IgnoreFileName);
        ByteName path = directory.Path.Join(name);
        try
        {
            if (directory.Stat(name.Span).Type != FileType.Regular)
            {
                log.Notice(path, NoRegularFile);
                return [];
            }
            byte[] content = ReadStart(directory, name, IgnoreFileSizeInBytesMax + 1);
            if (content.Length > IgnoreFileSizeInBytesMax)
            {
                log.Problem(path, $"not used: it is longer than {IgnoreFileSizeInBytesMax >> 20} MiB");
                return [];
            }
            return PatternRule.ReadFile(path, content, mayBeAbsolute: false);
        }
        catch (FileSystemException exception) when (exception.IsVanished)
        {
            // Removed or replaced since its name was read.
            log.Notice(path, NoRegularFile);
            return [];
        }
        catch (FileSystemException exception)
        {
            log.Problem(path, $"not used: {exception.Message}");
            return [];
        }
    }

    // A tag that cannot be read marks nothing: too much in a backup is better than too little.
    private static bool HasCacheTag(SourceDirectory directory, BackupLog log)
    {
        ByteName name = new(CacheTagName);
        try
        {
            return ReadStart(directory, name, CacheTagSignature.Length).AsSpan().SequenceEqual(CacheTagSignature);
        }
        catch (FileSystemException exception)
        {
            if (!exception.IsVanished)
            {
                log.Problem(directory.Path.Join(name), $"not used: {exception.Message}");
            }
            return false;
        }
    }

    private static byte[] ReadStart(SourceDirectory directory, ByteName name, int sizeInBytes)
    {
        using SourceFile file = directory.OpenFile(name);
        byte[] content = new byte[Math.Min(sizeInBytes, file.Metadata.SizeInBytes + 1)];
        int length = 0;
        while (length < content.Length)
        {
            int read = file.Read(content.AsSpan(length));
            if (read == 0)
            {
                break;
            }
            length += read;
        }
        return content[..length];
    }
}
