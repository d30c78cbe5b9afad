using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Ebla.Backends.Http;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>How a bucket is spoken to: from the location, the options and the environment, in this order.</summary>
internal sealed record S3Options
{
    /// <summary>The option that names a file of certificates to trust.</summary>
    public const string AuthoritiesOption = "s3.ca-file";

    private const string AwsDomain = ".amazonaws.com";

    private static readonly string[] Names =
    [
        "s3.endpoint", "s3.region", "s3.path-style", "s3.storage-class", "s3.profile", "s3.key-id", AuthoritiesOption,
        "s3.lock-mode", "s3.lock-days",
    ];

    // Reading from these needs a request to thaw the object and hours of patience: no program can restore from them.
    private static readonly FrozenSet<string> FrozenClasses = new[] { "GLACIER", "DEEP_ARCHIVE" }.ToFrozenSet(StringComparer.Ordinal);

    private const int LockDaysMax = 36500;

    /// <summary>The server; null for AWS's own in <see cref="Region"/>.</summary>
    public required Uri? Endpoint { get; init; }

    /// <summary>The region that requests are signed for; null if a profile may know.</summary>
    public required string? Region { get; init; }

    /// <summary>Whether the bucket is in the path, not in the name of the host.</summary>
    public required bool IsPathStyle { get; init; }

    /// <summary>For packs only: what is small and read often stays where reading costs nothing.</summary>
    public required string? PackStorageClass { get; init; }

    /// <summary>The profile of ~/.aws, if one was asked for.</summary>
    public required string? Profile { get; init; }

    /// <summary>The key whose secret is the store's password.</summary>
    public required string? KeyId { get; init; }

    /// <summary>Trusted instead of the system's authorities.</summary>
    public required X509Certificate2Collection? Authorities { get; init; }

    /// <summary>How long objects are locked against deletion.</summary>
    public required S3Retention? Retention { get; init; }

    /// <summary>Whether the server is AWS's.</summary>
    public bool IsAws => IsOfAws(Endpoint);

    /// <exception cref="InvalidLocationException">An option is unknown or wrong.</exception>
    public static S3Options Read(S3Location location, BackendSettings settings, Func<string, string?> findVariable)
    {
        settings.ExpectOptions("S3", Names);
        string? Find(string option, params ReadOnlySpan<string> variables)
        {
            string? value = settings.Options.GetValueOrDefault(option);
            foreach (string variable in variables)
            {
                value = string.IsNullOrEmpty(value) ? findVariable(variable) : value;
            }
            return string.IsNullOrEmpty(value) ? null : value;
        }
        if (location.Endpoint is not null && settings.Options.ContainsKey("s3.endpoint"))
        {
            throw new InvalidLocationException($"The option s3.endpoint: '{location}' names the server already.");
        }
        Uri? endpoint = location.Endpoint
            ?? (Find("s3.endpoint", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") is { } text ? S3Location.ParseEndpoint(text, text) : null);
        return new S3Options
        {
            Endpoint = endpoint,
            Region = Find("s3.region") ?? RegionOf(endpoint) ?? Find("", "AWS_REGION", "AWS_DEFAULT_REGION"),
            // A certificate for *.s3.amazonaws.com does not fit a bucket with a point in its name.
            IsPathStyle = ReadBool("s3.path-style", Find("s3.path-style"))
                ?? (!IsOfAws(endpoint) || location.Bucket.Contains('.', StringComparison.Ordinal)),
            PackStorageClass = ReadStorageClass(Find("s3.storage-class")),
            Profile = Find("s3.profile"),
            KeyId = Find("s3.key-id"),
            Authorities = Find(AuthoritiesOption) is { } path ? HttpTrust.Read(path, AuthoritiesOption) : null,
            Retention = ReadRetention(Find("s3.lock-mode"), Find("s3.lock-days")),
        };
    }

    private static bool IsOfAws(Uri? endpoint)
        => endpoint is null || endpoint.Host.EndsWith(AwsDomain, StringComparison.OrdinalIgnoreCase);

    // s3.REGION.amazonaws.com, s3-REGION.amazonaws.com, s3.dualstack.REGION.amazonaws.com.
    private static string? RegionOf(Uri? endpoint)
    {
        if (endpoint is null || !IsOfAws(endpoint))
        {
            return null;
        }
        string region = endpoint.Host[..^AwsDomain.Length].Split('.')[^1];
        return region.StartsWith("s3-", StringComparison.Ordinal) ? region[3..] : region == "s3" ? "us-east-1" : region;
    }

    private static bool? ReadBool(string name, string? value) => value switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw new InvalidLocationException($"The option {name} is true or false, not '{value}'."),
    };

    private static string? ReadStorageClass(string? value)
        => value is null || !FrozenClasses.Contains(value)
            ? value
            : throw new InvalidLocationException(
                $"The option s3.storage-class: what is in {value} cannot be read without thawing it first. Use a class that is read at once, "
                + "as STANDARD_IA or GLACIER_IR.");

    private static S3Retention? ReadRetention(string? mode, string? days)
    {
        if (mode is null && days is null)
        {
            return null;
        }
        if (mode is not ("governance" or "compliance"))
        {
            throw new InvalidLocationException("The option s3.lock-mode is 'governance' or 'compliance', and goes with s3.lock-days.");
        }
        return int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= LockDaysMax
            ? new S3Retention(mode == "compliance", TimeSpan.FromDays(count))
            : throw new InvalidLocationException($"The option s3.lock-days is a number from 1 to {LockDaysMax}, and goes with s3.lock-mode.");
    }
}
