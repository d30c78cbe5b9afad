namespace Ebla.Backends.Rclone;

/// <summary>What rclone says on its standard error. Keeps what it said last. One writes, many read.</summary>
internal sealed class RcloneMessages
{
    private const int LengthMax = 400;

    // Calls that fail together get the same words; what was said long before is about something else.
    private const int AgeInMsMax = 3000;

    private volatile Message? _last;

    /// <summary>The last thing it said.</summary>
    public string? Last => _last?.Text;

    /// <summary>The last thing it said, if that was just now.</summary>
    public string? Recent => _last is { } last && Environment.TickCount64 - last.SaidAtInMs <= AgeInMsMax ? last.Text : null;

    /// <summary>Takes a line: "2026/01/02 03:04:05 ERROR : what happened", or more of the last one, which is indented.</summary>
    /// <returns>Whether it says something.</returns>
    public bool Take(string line)
    {
        bool isMore = line.Length > 0 && char.IsWhiteSpace(line[0]);
        string text = (line.Length > 20 && line[4] == '/' && line[19] == ' ' ? line[20..] : line).Trim();
        if (text.Length == 0 || text.StartsWith("NOTICE", StringComparison.Ordinal))
        {
            return false;
        }
        text = isMore && _last is { } before ? $"{before.Text} {text}" : text;
        _last = new Message(
            new string([.. text.Take(LengthMax).Select(static letter => char.IsControl(letter) ? ' ' : letter)]), Environment.TickCount64);
        return true;
    }

    private sealed record Message(string Text, long SaidAtInMs);
}
