namespace Ebla.Operations.Listing;

/// <summary>What to list.</summary>
public sealed record ListOptions
{
    /// <summary>Also what is in the directories below.</summary>
    public bool Recursive { get; init; }
}
