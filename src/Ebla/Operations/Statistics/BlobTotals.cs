namespace Ebla.Operations.Statistics;

/// <summary>Blobs counted together.</summary>
/// <param name="Blobs">How many.</param>
/// <param name="PlaintextInBytes">Their lengths as the catalog has them: rounded up (Padmé), so that they tell little. The true sum is
/// smaller, by at most 12 % for blobs of a few bytes, 3 % from 64 KiB up.</param>
/// <param name="StoredInBytes">Their shares of the stored bytes of their frames. A frame is divided among its blobs by rounded length, each
/// share rounded down; the bytes that are left go to the first blobs of the frame, one to each. So all shares together are all frames, to
/// the byte.</param>
public readonly record struct BlobTotals(long Blobs, long PlaintextInBytes, long StoredInBytes)
{
    internal BlobTotals And(BlobTotals other)
        => new(Blobs + other.Blobs, PlaintextInBytes + other.PlaintextInBytes, StoredInBytes + other.StoredInBytes);

    internal BlobTotals Less(BlobTotals other)
        => new(Blobs - other.Blobs, PlaintextInBytes - other.PlaintextInBytes, StoredInBytes - other.StoredInBytes);
}
