using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>Tells a store that cannot read some of its bytes from one that is gone.</summary>
internal static class StoreFailure
{
    /// <summary>Throws the failure again if the store does not even give its header. A bad sector costs only what lies on it.</summary>
    public static async Task ThrowIfGoneAsync(IBackend backend, BackendException failure, CancellationToken cancellationToken)
    {
        try
        {
            if (await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is not null)
            {
                return;
            }
        }
        catch (Exception exception) when (exception is BackendException or CorruptDataException)
        {
            // The first failure says more.
        }
        throw new BackendException(failure.Message, failure.IsTransient, failure);
    }
}
