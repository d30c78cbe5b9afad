using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using AccessDeniedException = Ebla.Primitives.AccessDeniedException;

namespace Ebla.Backends.S3;

/// <summary>The requests that a store is made of, by paths below the prefix. Each is one attempt, watched for stalls.</summary>
internal sealed class S3Requests(S3Location location, S3Options options, BackendSettings settings, TimeProvider time) : IDisposable
{
    // Parts of a body that are received at once; the pace of the line is made of them.
    private const int PartSizeInBytesMax = 128 * 1024;

    // More versions of one object than any number of repeated puts makes.
    private const int VersionCountMax = 100;

    private readonly S3Connection _connection = new(options, settings);

    // The store was seen to keep a lock that it was asked for.
    private volatile bool _keepsLocks;

    // Credentials that were right once are right: a signature that is refused later covers bytes that came through a broken line.
    private volatile bool _wasLetIn;

    public S3Location Location => location;

    public bool LocksObjects => options.Retention is not null;

    private bool IsPlain => options.Endpoint?.Scheme == "http";

    public void Dispose() => _connection.Dispose();

    /// <param name="path">Below the prefix.</param>
    /// <param name="content">Sent as it lies, not copied.</param>
    /// <param name="kind">Decides class and lock; null for the header.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>True.</returns>
    public async Task<bool> PutAsync(
        string path, ReadOnlySequence<byte> content, ObjectKind? kind, CancellationToken cancellationToken)
    {
        PutObjectRequest request = CreatePut(path);
        if (kind == ObjectKind.Pack && options.PackStorageClass is { } storageClass)
        {
            request.StorageClass = S3StorageClass.FindValue(storageClass);
        }
        // All but the records of sessions, which end. Without a note that brings a snapshot back, or a record of what is condemned, the
        // owner's prune would remove what is needed.
        bool isKept = kind is not ObjectKind.Session;
        S3Retention? lockedFor = isKept ? options.Retention : null;
        if (lockedFor is { } retention)
        {
            request.ObjectLockMode = retention.IsCompliance ? ObjectLockMode.Compliance : ObjectLockMode.Governance;
            request.ObjectLockRetainUntilDate = (time.GetUtcNow() + retention.Duration).UtcDateTime;
        }
        await SendAsync(request, path, content, cancellationToken).ConfigureAwait(false);
        if (lockedFor is not null && !_keepsLocks)
        {
            await CheckLockAsync(path, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Puts what must not be there yet; false if the server says that it is.</summary>
    public async Task<bool> PutNewAsync(
        string path, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        PutObjectRequest request = CreatePut(path);
        request.IfNoneMatch = "*";
        try
        {
            await SendAsync(request, path, content, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.PreconditionFailed)
        {
            return false;
        }
    }

    /// <summary>Makes the bucket if the call misses it, and the call again.</summary>
    public async Task<bool> InBucketAsync(Func<Task<bool>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (NoRepositoryException)
        {
            await CreateBucketAsync(cancellationToken).ConfigureAwait(false);
            return await call().ConfigureAwait(false);
        }
    }

    public async ValueTask<long?> GetSizeAsync(string path, CancellationToken cancellationToken)
        => (await HeadAsync(path, cancellationToken).ConfigureAwait(false))?.ContentLength;

    public async ValueTask<bool> GetRangeAsync(
        string path, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        using StallGuard guard = settings.Line.Watch(cancellationToken);
        try
        {
            return await CallAsync(
                async (client, token) =>
                {
                    GetObjectRequest request = CreateGet(path);
                    request.ByteRange = new ByteRange(offset, offset + destination.Length - 1);
                    using GetObjectResponse response = await client.GetObjectAsync(request, token).ConfigureAwait(false);
                    // A server that knows no ranges sends everything, which is as good if it begins at the same place.
                    if (response.HttpStatusCode != HttpStatusCode.PartialContent && offset > 0)
                    {
                        throw new BackendException($"{location}: the server does not read parts of objects.", isTransient: false);
                    }
                    if (response.ContentLength < destination.Length)
                    {
                        throw new CorruptDataException($"{path} ends before the bytes asked for.");
                    }
                    await ReceiveAsync(response.ResponseStream, path, destination, guard).ConfigureAwait(false);
                    return true;
                },
                path, "read objects", guard, cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw new CorruptDataException($"{path} ends before the bytes asked for.", exception);
        }
    }

    public async ValueTask<byte[]?> GetWholeAsync(string path, long sizeInBytesMax, CancellationToken cancellationToken)
    {
        using StallGuard guard = settings.Line.Watch(cancellationToken);
        try
        {
            return await CallAsync(
                async (client, token) =>
                {
                    using GetObjectResponse response = await client.GetObjectAsync(CreateGet(path), token).ConfigureAwait(false);
                    if (response.ContentLength > sizeInBytesMax)
                    {
                        throw new CorruptDataException(
                            $"{path} is {response.ContentLength} bytes long; such an object is never longer than {sizeInBytesMax}.");
                    }
                    byte[] content = new byte[response.ContentLength];
                    await ReceiveAsync(response.ResponseStream, path, content, guard).ConfigureAwait(false);
                    return content;
                },
                path, "read objects", guard, cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>All objects whose path begins so. A page is read when the one before was used up.</summary>
    public async IAsyncEnumerable<(string Path, long SizeInBytes)> ListAsync(
        string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            ListObjectsV2Request request = new()
            {
                BucketName = location.Bucket,
                Prefix = location.Prefix + folder,
                ContinuationToken = next,
            };
            ListObjectsV2Response page = await CallAsync(
                (client, token) => client.ListObjectsV2Async(request, token), folder, "list objects", cancellationToken)
                .ConfigureAwait(false);
            foreach (S3Object item in page.S3Objects ?? [])
            {
                if (item.Key.StartsWith(location.Prefix, StringComparison.Ordinal) && item.Size is { } sizeInBytes)
                {
                    yield return (item.Key[location.Prefix.Length..], sizeInBytes);
                }
            }
            next = page.IsTruncated == true
                ? page.NextContinuationToken ?? throw new BackendException(
                    $"{location}: the server's listing says that more follows, and not where.", isTransient: false)
                : null;
        }
        while (next is not null);
    }

    public async ValueTask DeleteAsync(string path, CancellationToken cancellationToken)
    {
        if (options.Retention is null)
        {
            await DeleteVersionAsync(path, null, cancellationToken).ConfigureAwait(false);
            return;
        }
        // Where versions are kept, a plain deletion only hides the object, also a locked one, and frees nothing.
        for (int i = 0; i < VersionCountMax; i++)
        {
            if (await HeadAsync(path, cancellationToken).ConfigureAwait(false) is not { } head)
            {
                return;
            }
            await DeleteVersionAsync(path, head.VersionId, cancellationToken).ConfigureAwait(false);
        }
        throw new BackendException($"{location}: {path} has more than {VersionCountMax} versions.", isTransient: false);
    }

    /// <summary>The status of the answer that a failure came from.</summary>
    public static HttpStatusCode? StatusOf(BackendException exception) => (exception.InnerException as AmazonS3Exception)?.StatusCode;

    private Task<PutBucketResponse?> CreateBucketAsync(CancellationToken cancellationToken)
        => CallAsync<PutBucketResponse?>(
            async (client, token) =>
            {
                try
                {
                    return await client.PutBucketAsync(
                        new PutBucketRequest
                        {
                            BucketName = location.Bucket,
                            UseClientRegion = options.IsAws,
                            ObjectLockEnabledForBucket = options.Retention is not null,
                        },
                        token).ConfigureAwait(false);
                }
                catch (AmazonS3Exception exception) when (exception.ErrorCode is "BucketAlreadyOwnedByYou")
                {
                    // Somebody made it between the look and now.
                    return null;
                }
            },
            $"the bucket '{location.Bucket}'", "create the bucket", cancellationToken);

    private async Task DeleteVersionAsync(string path, string? version, CancellationToken cancellationToken)
    {
        DeleteObjectRequest request = new() { BucketName = location.Bucket, Key = location.Prefix + path, VersionId = version };
        try
        {
            await CallAsync((client, token) => client.DeleteObjectAsync(request, token), path, "delete objects", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.NotFound)
        {
            // Gone already.
        }
        catch (AccessDeniedException exception) when (exception.InnerException is AmazonS3Exception { ErrorCode: "AccessDenied" })
        {
            throw new BackendException(
                $"{location}: the store refuses deletions: {path} is locked, or these credentials may not delete.",
                isTransient: false, exception);
        }
    }

    private async Task SendAsync(
        PutObjectRequest request, string path, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BodyDigest digest = await Task.Run(() => BodyDigest.Of(content, isSigned: IsPlain), cancellationToken).ConfigureAwait(false);
        using StallGuard guard = settings.Line.Watch(cancellationToken);
        using SequenceStream body = new(content, guard);
        request.InputStream = body;
        request.MD5Digest = digest.Md5Base64;
        if (digest.Sha256Hex is { } sha256)
        {
            request.Headers["x-amz-content-sha256"] = sha256;
        }
        PutObjectResponse response = await CallAsync(
            (client, token) => client.PutObjectAsync(request, token), path, "put objects", guard, cancellationToken).ConfigureAwait(false);
        if (!digest.Fits(response))
        {
            await DeleteVersionAsync(path, response.VersionId, cancellationToken).ConfigureAwait(false);
            throw new BackendException($"{location}: {path} was damaged on its way to the store.", isTransient: true);
        }
    }

    private PutObjectRequest CreatePut(string path) => new()
    {
        BucketName = location.Bucket,
        Key = location.Prefix + path,
        AutoCloseStream = false,
        UseChunkEncoding = false,
        // Over TLS nobody can change the body, and the MD5 is in the signature.
        DisablePayloadSigning = !IsPlain,
        ContentType = "application/octet-stream",
    };

    private GetObjectRequest CreateGet(string path) => new() { BucketName = location.Bucket, Key = location.Prefix + path };

    private async Task<GetObjectMetadataResponse?> HeadAsync(string path, CancellationToken cancellationToken)
    {
        GetObjectMetadataRequest request = new() { BucketName = location.Bucket, Key = location.Prefix + path };
        try
        {
            return await CallAsync(
                (client, token) => client.GetObjectMetadataAsync(request, token), path, "read objects", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BackendException exception) when (StatusOf(exception) == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task CheckLockAsync(string path, CancellationToken cancellationToken)
    {
        GetObjectMetadataResponse? head = await HeadAsync(path, cancellationToken).ConfigureAwait(false);
        if (head?.ObjectLockMode is null)
        {
            throw new BackendException(
                $"{location}: the store does not keep the lock that it was asked for. The bucket must be made with object lock.",
                isTransient: false);
        }
        _keepsLocks = true;
    }

    private async ValueTask ReceiveAsync(Stream body, string path, Memory<byte> destination, StallGuard guard)
    {
        for (int done = 0; done < destination.Length;)
        {
            int part = Math.Min(PartSizeInBytesMax, destination.Length - done);
            int read = await body.ReadAsync(destination.Slice(done, part), guard.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new BackendException(
                    $"{location}: {path}: the connection ended after {done} of {destination.Length} bytes.", isTransient: true);
            }
            done += read;
            await guard.ReceiveAsync(read).ConfigureAwait(false);
        }
    }

    private async Task<T> CallAsync<T>(
        Func<AmazonS3Client, CancellationToken, Task<T>> send, string subject, string action, CancellationToken cancellationToken)
    {
        using StallGuard guard = settings.Line.Watch(cancellationToken);
        return await CallAsync(send, subject, action, guard, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> CallAsync<T>(
        Func<AmazonS3Client, CancellationToken, Task<T>> send, string subject, string action, StallGuard guard,
        CancellationToken cancellationToken)
    {
        try
        {
            Task<AmazonS3Client> connecting = _connection.GetAsync(cancellationToken);
            // Somebody may be typing the password.
            await guard.PauseWhileAsync(new ValueTask(connecting)).ConfigureAwait(false);
            AmazonS3Client client = await connecting.ConfigureAwait(false);
            T answer = await send(client, guard.Token).ConfigureAwait(false);
            _wasLetIn = true;
            return answer;
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is not EblaException)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (guard.HasStalled && exception is not EblaException)
        {
            throw new BackendException(
                $"{location}: {subject}: no progress for {guard.StallTime.TotalSeconds:0} s.", isTransient: true, exception);
        }
        catch (Exception exception) when (exception is not EblaException)
        {
            if (S3Failure.Of(exception, location, subject, action, _wasLetIn) is { } failure)
            {
                throw failure;
            }
            throw;
        }
    }
}
