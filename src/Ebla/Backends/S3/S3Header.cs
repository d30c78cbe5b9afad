using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>The header, which only one may create, on servers of which not every one can promise that.</summary>
internal sealed class S3Header(S3Requests requests)
{
    private volatile bool _wasSeen;
    private volatile bool _canCreateOnce;

    /// <summary>Whether there is a repository, so that the bucket cannot be missing.</summary>
    public bool WasSeen => _wasSeen;

    /// <summary>Whether the server was seen to honour If-None-Match. False before it was asked.</summary>
    public bool CanCreateOnce => _canCreateOnce;

    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            byte[]? header = await requests.GetWholeAsync(
                RepositoryLayout.HeaderName, RepositoryLayout.HeaderSizeInBytesMax, cancellationToken).ConfigureAwait(false);
            _wasSeen |= header is not null;
            return header;
        }
        catch (NoRepositoryException)
        {
            // Whoever wants to know lists: only who is going to make a repository shall go on.
            return null;
        }
    }

    public async ValueTask CreateAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await requests.GetSizeAsync(RepositoryLayout.HeaderName, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Exists();
        }
        ReadOnlySequence<byte> content = new(header);
        if (await ProbeAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await requests.PutNewAsync(RepositoryLayout.HeaderName, content, cancellationToken).ConfigureAwait(false))
            {
                throw Exists();
            }
        }
        else
        {
            // Two that get here at once may both go on; the one whose header was replaced sees it, unless that comes after the look.
            await requests.InBucketAsync(
                () => requests.PutAsync(RepositoryLayout.HeaderName, content, kind: null, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            byte[]? stored = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!header.Span.SequenceEqual(stored))
            {
                throw Exists();
            }
        }
        _wasSeen = true;
    }

    // Servers honour the condition, refuse it, or ignore it without a word. Only an object put twice tells.
    private async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        if (_canCreateOnce)
        {
            return true;
        }
        string path = $"{RepositoryLayout.TempFolder}/probe-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        ReadOnlySequence<byte> content = new("probe"u8.ToArray());
        bool isFirst;
        try
        {
            isFirst = await requests.InBucketAsync(
                () => requests.PutNewAsync(path, content, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (S3Requests.StatusOf(exception)
            is HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed)
        {
            return false;
        }
        bool isSecond = await requests.PutNewAsync(path, content, cancellationToken).ConfigureAwait(false);
        try
        {
            await requests.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (BackendException exception) when (!exception.IsTransient)
        {
            // A store that refuses deletions. Nothing in this folder counts.
        }
        return _canCreateOnce = isFirst && !isSecond;
    }

    private RepositoryExistsException Exists() => new($"{requests.Location}: there is a repository already.");
}
