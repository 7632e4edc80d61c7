using System.CommandLine;

namespace Bellhop.Cli.Commands;

/// <summary><c>completion SHELL</c>: the script that lets a shell ask us what can follow.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # bash: eval "$(bellhop completion bash)"
            _bellhop() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _bellhop bellhop
            """,
        ["zsh"] = """
            # zsh: eval "$(bellhop completion zsh)"
            _bellhop() {
                local -a words_found
                words_found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
                compadd -- "${words_found[@]}" || _files
            }
            compdef _bellhop bellhop
            """,
        ["fish"] = """
            # fish: bellhop completion fish | source
            function __bellhop_complete
                set -l line (commandline -cp)
                bellhop "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c bellhop -a '(__bellhop_complete)'
            """,
    };

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints the script that completes our commands in your shell.")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            context.Out.WriteLine(Scripts[parsed.GetRequiredValue(shell)]);
            return ExitCode.Done;
        });
        return command;
    }
}
