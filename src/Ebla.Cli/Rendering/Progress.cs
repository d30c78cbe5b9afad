namespace Ebla.Cli.Rendering;

/// <summary>How far something has come.</summary>
/// <param name="Files">Files done; null where they are not counted.</param>
/// <param name="SizeInBytes">Bytes done.</param>
/// <param name="TotalInBytes">Bytes there will be; null if not known (yet).</param>
/// <param name="BytesPerSecond">How fast it goes now; 0 if not known (yet).</param>
/// <param name="Elapsed">Time since it began.</param>
/// <param name="Problems">What went wrong so far.</param>
internal readonly record struct Progress(
    long? Files, long SizeInBytes, long? TotalInBytes, double BytesPerSecond, TimeSpan Elapsed, long Problems)
{
    public override string ToString()
    {
        List<string> parts = [ByteSize.Format(SizeInBytes)];
        if (TotalInBytes is > 0)
        {
            // The source may grow meanwhile; and it is not done before it is done.
            double share = Math.Clamp((double)SizeInBytes / TotalInBytes.Value, 0, 0.99);
            parts[0] += $" of {ByteSize.Format(TotalInBytes.Value)} ({Math.Floor(share * 100)} %)";
        }
        if (Files is { } files)
        {
            parts.Insert(0, Count.Of(files, "file"));
        }
        parts.Add(TimeText.Format(Elapsed));
        if (BytesPerSecond > 0)
        {
            parts.Add($"{ByteSize.Format(BytesPerSecond)}/s");
            if (TotalInBytes > SizeInBytes)
            {
                double seconds = (TotalInBytes.Value - SizeInBytes) / BytesPerSecond;
                parts.Add($"{TimeText.Format(TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)))} left");
            }
        }
        if (Problems > 0)
        {
            parts.Add(Count.Of(Problems, "problem"));
        }
        return string.Join(", ", parts);
    }
}
