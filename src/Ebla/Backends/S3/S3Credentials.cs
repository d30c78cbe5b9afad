using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>Finds the keys to the store in the usual places.</summary>
internal static class S3Credentials
{
    // A machine that is no instance may have nobody at the address of the metadata service, not even to refuse.
    private static readonly TimeSpan MetadataTime = TimeSpan.FromSeconds(5);

    /// <exception cref="AccessDeniedException">There are none.</exception>
    public static async Task<AWSCredentials> FindAsync(
        S3Options options, BackendSettings settings, CredentialProfile? profile, CancellationToken cancellationToken)
    {
        if (options.KeyId is { } keyId)
        {
            string? secret = await settings.FindPassword(cancellationToken).ConfigureAwait(false);
            return string.IsNullOrEmpty(secret)
                ? throw new AccessDeniedException("The option s3.key-id is given, and its secret is not: it is the store's password.")
                : new BasicAWSCredentials(keyId, secret);
        }
        if (options.Profile is { } name)
        {
            return profile is null
                ? throw new AccessDeniedException($"There is no profile '{name}' in ~/.aws/credentials or ~/.aws/config.")
                : OfProfile(profile);
        }
        if (IsSet("AWS_ACCESS_KEY_ID") && IsSet("AWS_SECRET_ACCESS_KEY"))
        {
            return new EnvironmentVariablesAWSCredentials();
        }
        if (profile is not null)
        {
            return OfProfile(profile);
        }
        if (IsSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || IsSet("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        {
            return new GenericContainerCredentials();
        }
        // What an instance of AWS may do is for AWS: no other server gets to see it, and nobody else waits for it.
        bool asksInstance = options.IsAws
            && Environment.GetEnvironmentVariable("AWS_EC2_METADATA_DISABLED")?.Equals("true", StringComparison.OrdinalIgnoreCase) != true;
        return asksInstance && await FindOfInstanceAsync(cancellationToken).ConfigureAwait(false) is { } found
            ? found
            : throw new AccessDeniedException(
                "No credentials for S3: none in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, no default profile in ~/.aws/credentials "
                + "or ~/.aws/config" + (asksInstance ? ", and this machine is no instance of AWS with a role." : ".")
                + " Set the variables, or name a profile with -o s3.profile=NAME.");
    }

    private static async Task<AWSCredentials?> FindOfInstanceAsync(CancellationToken cancellationToken)
    {
        try
        {
            InstanceProfileAWSCredentials credentials = await Task.Run(static () => new InstanceProfileAWSCredentials(), CancellationToken.None)
                .WaitAsync(MetadataTime, cancellationToken).ConfigureAwait(false);
            await credentials.GetCredentialsAsync().WaitAsync(MetadataTime, cancellationToken).ConfigureAwait(false);
            return credentials;
        }
        catch (Exception exception) when (exception is AmazonClientException or TimeoutException or HttpRequestException)
        {
            // No instance: the caller says so.
            return null;
        }
    }

    private static AWSCredentials OfProfile(CredentialProfile profile)
    {
        try
        {
            return profile.GetAWSCredentials(profile.CredentialProfileStore);
        }
        catch (Exception exception) when (exception is AmazonClientException or InvalidDataException or InvalidOperationException)
        {
            // Roles and single sign-on need services that this program does not speak to.
            throw new AccessDeniedException(
                $"The profile '{profile.Name}' cannot be used: {exception.Message} Keys and credential_process are understood; for roles "
                + "and single sign-on, export credentials to the environment first.",
                exception);
        }
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
