namespace Ebla.Cli.Invocation;

/// <summary>What the program says to its caller; listed in every command's help.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Incomplete = 3;
    public const int Damage = 4;
    public const int NoRepository = 10;
    public const int Busy = 11;
    public const int WrongKey = 12;
    public const int AccessDenied = 13;
    public const int Interrupted = 130;
}
