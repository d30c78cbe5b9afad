using System.Threading.Channels;
using Ebla.Primitives;

namespace Ebla.Cli.Invocation;

/// <summary>The one place that turns an exception into an exit code and a line for people.</summary>
internal sealed record Failure(int ExitCode, string Message)
{
    private const string InterruptedMessage = "interrupted: what was stored is kept; run it again and it carries on";

    public static Failure Of(Exception exception, bool isInterrupted)
    {
        if (isInterrupted && IsCancellation(exception))
        {
            return new Failure(Invocation.ExitCode.Interrupted, InterruptedMessage);
        }
        int code = exception switch
        {
            UsageException or InvalidLocationException => Invocation.ExitCode.WrongUsage,
            NoRepositoryException => Invocation.ExitCode.NoRepository,
            WrongKeyException => Invocation.ExitCode.WrongKey,
            CorruptDataException or MissingObjectException => Invocation.ExitCode.Damage,
            AccessDeniedException or BackendException { Kind: BackendFailureKind.NotPermitted } => Invocation.ExitCode.AccessDenied,
            FencedException => Invocation.ExitCode.Busy,
            _ => Invocation.ExitCode.Failed,
        };
        return exception is EblaException or UsageException or IOException or UnauthorizedAccessException
            ? new Failure(code, exception.Message)
            : Bug(exception);
    }

    private static Failure Bug(Exception exception)
    {
        bool isTraced = Environment.GetEnvironmentVariable("EBLA_DEBUG") == "1";
        string message = $"internal error: {exception.GetType().Name}: {exception.Message} "
            + "This is a bug in ebla; please report it" + (isTraced ? $".\n{exception}" : ", with what EBLA_DEBUG=1 prints.");
        return new Failure(Invocation.ExitCode.Failed, message);
    }

    // Stages that feed each other wrap the reason why one of them stopped.
    private static bool IsCancellation(Exception? exception) => exception switch
    {
        null => false,
        OperationCanceledException => true,
        AggregateException aggregate => aggregate.InnerExceptions.All(IsCancellation),
        ChannelClosedException => IsCancellation(exception.InnerException),
        _ => false,
    };
}
