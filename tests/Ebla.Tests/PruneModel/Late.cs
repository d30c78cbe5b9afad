namespace Ebla.Tests.PruneModel;

/// <summary>A request whose answer was lost, and that takes effect once more, or for the first time after its sender died.</summary>
internal record struct Late(LateKind Kind, int Target);
