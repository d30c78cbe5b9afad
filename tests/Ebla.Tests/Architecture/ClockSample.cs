// Types for ClockTests: each but the last asks for a time in another way.
#pragma warning disable CA1812, CA1822, CA1852
namespace Ebla.Tests.Architecture.ClockSample;

internal sealed class AsksInBody
{
    public static long Ask(TimeProvider time) => time.GetUtcNow().Ticks;
}

internal sealed class AsksInLambda
{
    public static Func<long> Ask(TimeProvider time) => () => time.GetUtcNow().Ticks;
}

internal sealed class AsksInAsync
{
    public static async Task<long> AskAsync(TimeProvider time)
    {
        await Task.Yield();
        return time.GetUtcNow().Ticks;
    }
}

internal sealed class AsksFile
{
    public static long Ask(string path) => File.GetLastWriteTimeUtc(path).Ticks;
}

internal sealed class AsksFileInfo
{
    public static long Ask(FileInfo file) => file.LastWriteTimeUtc.Ticks;
}

internal sealed class AsksStore
{
    public static DateTimeOffset? Ask(HttpContent content) => content.Headers.LastModified;
}

internal sealed class MeasuresOnly
{
    public static TimeSpan Ask(TimeProvider time) => time.GetElapsedTime(time.GetTimestamp());
}
