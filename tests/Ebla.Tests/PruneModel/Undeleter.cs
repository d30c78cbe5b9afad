namespace Ebla.Tests.PruneModel;

/// <summary>Takes back the forgotten note of the first snapshot.</summary>
internal struct Undeleter
{
    public UndeleterStep Step;
}
