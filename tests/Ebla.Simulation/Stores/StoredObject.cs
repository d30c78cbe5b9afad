using Ebla.Primitives;

namespace Ebla.Simulation.Stores;

/// <summary>An object that is, or was, in the simulated store.</summary>
internal sealed class StoredObject(ObjectName name, byte[] content, int ordinal, long since)
{
    public ObjectName Name => name;

    public byte[] Content => content;

    /// <summary>The how-manieth object of the run, for the trace.</summary>
    public int Ordinal => ordinal;

    public long Since => since;

    /// <summary>When it was flushed: from then on it is promised. Null before.</summary>
    public long? DurableSince { get; set; }

    /// <summary>When it was deleted; null while it is there.</summary>
    public long? GoneSince { get; set; }

    public override string ToString() => $"{name.Kind}#{ordinal}({name.Id.ToString()[..8]}, {content.Length})";
}
