using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ebla.Cli.Access;
using Ebla.Primitives;

namespace Ebla.Cli.Invocation;

/// <summary>What a command works with: its arguments, where it prints, and when to stop.</summary>
internal sealed class CommandContext
{
    private const int OutputBufferSizeInChars = 16 << 10;

    private readonly Lazy<StreamWriter> _output;

    public CommandContext(ParseResult arguments, GlobalOptions globals, Interruption interruption)
    {
        Arguments = arguments;
        Globals = globals;
        Interruption = interruption;
        IsJson = arguments.GetValue(globals.Json);
        Messages = new Messages(arguments.GetValue(globals.Quiet), IsJson);
        Store = new StoreAccess(this);
        interruption.EndingAtOnce = Messages.RestoreTerminal;
        _output = new Lazy<StreamWriter>(() => new StreamWriter(
            RawOutput, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), OutputBufferSizeInChars)
        {
            AutoFlush = !Console.IsOutputRedirected,
        });
    }

    public ParseResult Arguments { get; }

    public GlobalOptions Globals { get; }

    public Interruption Interruption { get; }

    public CancellationToken CancellationToken => Interruption.Token;

    /// <summary>Whether standard output takes one JSON document and nothing else.</summary>
    public bool IsJson { get; }

    /// <summary>Standard error.</summary>
    public Messages Messages { get; }

    /// <summary>Opens stores.</summary>
    public StoreAccess Store { get; }

    /// <summary>Standard output as bytes.</summary>
    public StandardOutput RawOutput { get; } = new();

    /// <summary>Standard output as text; flushed when the command ends.</summary>
    public StreamWriter Output => _output.Value;

    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Arguments.GetValue(argument);

    /// <summary>An argument that names a file, as the bytes that were given.</summary>
    /// <exception cref="UsageException">It is empty: as a rule a variable of the caller's script is.</exception>
    public static ByteName ToName(string argument) => argument.Length > 0
        ? new ByteName(RawText.Encode(argument))
        : throw new UsageException("An argument is empty where a name is needed.");

    /// <summary>The values of an option that cannot be empty, as tags.</summary>
    /// <exception cref="UsageException">One is: as a rule a variable of the caller's script. A filter would then match something else.</exception>
    public IReadOnlyList<string> GetNames(Option<string[]> option)
    {
        string[] names = Get(option) ?? [];
        return names.All(name => name.Length > 0) ? names : throw new UsageException($"{option.Name} is empty.");
    }

    /// <summary>The same, where the repository can only hold text.</summary>
    /// <exception cref="UsageException">One is empty, or no UTF-8.</exception>
    public IReadOnlyList<string> GetTexts(Option<string[]> option) => [.. GetNames(option).Select(text => ToText(text, option.Name))];

    /// <summary>An argument that the repository can only hold as text.</summary>
    /// <exception cref="UsageException">It is no UTF-8.</exception>
    public static string ToText(string argument, string option)
        => RawText.IsText(argument) ? argument : throw new UsageException($"{option}: what is given is not UTF-8.");

    /// <summary>Prints the report of a command that ran to its end. That nobody reads it does not change what was done.</summary>
    /// <returns>The exit code.</returns>
    public int Conclude<T>(int exitCode, T report, JsonTypeInfo<T> type, Action<TextWriter> writeText)
    {
        try
        {
            if (IsJson)
            {
                Output.WriteLine(JsonSerializer.Serialize(report, type));
            }
            else if (!Messages.IsQuiet)
            {
                writeText(Output);
            }
            Flush();
        }
        catch (ClosedOutputException)
        {
            return exitCode;
        }
        return exitCode;
    }

    public void Flush()
    {
        if (_output.IsValueCreated)
        {
            _output.Value.Flush();
        }
    }
}
