using System.CommandLine;
using Ebla.Cli.Invocation;

namespace Ebla.Cli.Commands;

internal static class CompletionCommand
{
    // The parser answers "[suggest:POSITION] LINE" with one candidate per line. Where it has none, the shell offers file names.
    private const string Bash = """
        _ebla() {
            local word=${COMP_WORDS[COMP_CWORD]} candidates
            candidates=$(ebla "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)
            [[ $word == -* || COMP_CWORD -eq 1 ]] || candidates=
            mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
        }
        complete -o bashdefault -o default -F _ebla ebla
        """;

    private const string Zsh = """
        #compdef ebla
        _ebla() {
            local -a candidates
            candidates=("${(@f)$(ebla "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
            if [[ $words[CURRENT] == -* || CURRENT -eq 2 ]]; then
                compadd -a candidates
            else
                _files
            fi
        }
        compdef _ebla ebla
        """;

    private const string Fish = """
        function __ebla_complete
            ebla "[suggest:"(commandline -C)"]" (commandline -p) 2> /dev/null
        end
        complete -c ebla -n 'string match -q -- "-*" (commandline -ct); or test (count (commandline -opc)) -eq 1' -f -a '(__ebla_complete)'
        """;

    public static Command Create(CommandRunner runner)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        _ = shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        TaughtCommand command = new(
            "completion",
            "Prints a script that lets the shell complete commands and options of ebla.",
            """
            source <(ebla completion bash)                                     in ~/.bashrc
            source <(ebla completion zsh)                                      in ~/.zshrc, after compinit
            ebla completion fish > ~/.config/fish/completions/ebla.fish
            """)
        {
            shell,
        };
        runner.Attach(command, context =>
        {
            context.Output.WriteLine(context.Get(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
