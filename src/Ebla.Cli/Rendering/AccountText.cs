using Ebla.Operations.Statistics;

namespace Ebla.Cli.Rendering;

/// <summary>What some snapshots hold together, in words.</summary>
internal static class AccountText
{
    public static string Of(SelectionStatistics selection)
        => $"at most {ByteSize.Format(selection.Unique.StoredInBytes)} ({ByteSize.Format(selection.Unique.PlaintextInBytes)} before "
            + "compression): what no other snapshot needs";
}
