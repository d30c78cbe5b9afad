namespace Ebla.Primitives;

/// <summary>What is known of a failure that may pass: by this it is decided how long trying again makes sense.</summary>
public enum BackendFailureKind
{
    /// <summary>A line that broke, a store that is busy.</summary>
    Other,

    /// <summary>No connection came about: there is no such host, it cannot be reached, or nobody listens there.</summary>
    NoContact,

    /// <summary>The server failed, and does not say in what (HTTP 500): some do so when they are full.</summary>
    ServerError,

    /// <summary>The system does not permit it: a folder or file of somebody else, or one that is marked.</summary>
    NotPermitted,
}
